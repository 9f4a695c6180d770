import { compareVersions, isVersion } from '../compare-versions.ts';
import { VersionError } from '../version-error.ts';
import { notARange, RANGE_LIMIT_CHARACTERS } from './range-error.ts';
import { schemeOfVersType } from './vers-type.ts';
import type { VersComparator, Vers, VersConstraint } from './vers.ts';

/**
 * Spaces and tabs have no meaning, the constraints may come in any order, pipes too many are read over; everything else
 * that the specification forbids is refused, redundant constraints too.
 * @throws VersionError `not-a-range`, `unknown-scheme`, `not-a-version`, `not-comparable`.
 */
export function parseVers(text: string): Vers {
  if (text.length > RANGE_LIMIT_CHARACTERS) throw notARange('vers', text, 'it is too long');
  const match = /^vers:([a-z0-9.+-]+)\/(.+)$/.exec(text.replace(/[ \t]/g, ''));
  const [, type, body] = match ?? [];
  if (type === undefined || body === undefined)
    throw notARange('vers', text, "it has not the form 'vers:type/constraints'");
  if (type === 'all' || type === 'none') {
    if (body !== '*') throw notARange(type, text, `'${type}' takes '*' only`);
    return { type, scheme: null, constraints: [STAR] };
  }
  const scheme = schemeOfVersType(type);
  if (body === '*') return { type, scheme, constraints: [STAR] };
  const constraints = body
    .split('|')
    .filter((part) => part !== '')
    .map((part) => constraintOf(scheme, text, part));
  if (constraints.length === 0) throw notARange(scheme, text, 'it has no constraint');
  constraints.sort((a, b) => compareVersions(scheme, a.version, b.version));
  const reason = reasonAgainst(scheme, constraints);
  if (reason !== null) throw notARange(scheme, text, reason);
  return { type, scheme, constraints };
}

const STAR: VersConstraint = { comparator: '*', version: '' };
const CONSTRAINT = /^(>=|<=|!=|<|>|=)?([^<>=!*]+)$/;

function constraintOf(scheme: string, text: string, part: string): VersConstraint {
  const [, comparator = '=', quoted] = CONSTRAINT.exec(part) ?? [];
  if (quoted === undefined) throw notARange(scheme, text, `${JSON.stringify(part.slice(0, 100))} is not a constraint`);
  const version = unquoted(quoted);
  if (version === null)
    throw notARange(scheme, text, `${JSON.stringify(quoted.slice(0, 100))} is not quoted as in a URL`);
  if (!isVersion(scheme, version))
    throw new VersionError(
      'not-a-version',
      scheme,
      version,
      `${JSON.stringify(version.slice(0, 100))} is not a ${scheme} version`,
    );
  return { comparator: comparator as VersComparator, version };
}

function unquoted(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** "Normalized, canonical representation and validation". */
function reasonAgainst(scheme: string, sorted: readonly VersConstraint[]): string | null {
  let before: VersConstraint | null = null;
  let bound: VersConstraint | null = null;
  for (const [index, constraint] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next !== undefined && compareVersions(scheme, constraint.version, next.version) === 0)
      return `the version ${next.version} occurs twice`;
    if (constraint.comparator === '!=') continue;
    if (before !== null && before.comparator === '=' && isUpper(constraint))
      return `${shown(constraint)} contains ${shown(before)}`;
    if (bound !== null && isLower(bound) && constraint.comparator === '=')
      return `${shown(bound)} contains ${shown(constraint)}`;
    if (bound !== null && ((isLower(bound) && isLower(constraint)) || (isUpper(bound) && isUpper(constraint))))
      return `${shown(bound)} and ${shown(constraint)} follow each other`;
    before = constraint;
    if (constraint.comparator !== '=') bound = constraint;
  }
  return null;
}

function isLower({ comparator }: VersConstraint): boolean {
  return comparator === '>' || comparator === '>=';
}

function isUpper({ comparator }: VersConstraint): boolean {
  return comparator === '<' || comparator === '<=';
}

function shown({ comparator, version }: VersConstraint): string {
  return `'${comparator}${version}'`;
}
