import { isVersion } from '@thimble/versions';
import { everything, intersection, type Cut, type VersionSet } from './version-set.ts';

const CONSTRAINT = /^\s*(=|>=|<=|>|<|~>)?\s*([0-9A-Za-z.-]{1,100})\s*$/;
const MOST_CONSTRAINTS = 20;

/** A requirement of RubyGems (`Gem::Requirement`): `~> 4.3.2, >= 4.3.2.1`. Null: not understood. */
export function gemRequirement(text: string): VersionSet | null {
  const parts = text.split(',');
  if (parts.length > MOST_CONSTRAINTS) return null;
  let set = everything('gem');
  for (const part of parts) {
    const [, operator = '=', version = ''] = CONSTRAINT.exec(part) ?? [];
    if (!isVersion('gem', version)) return null;
    set = intersection(set, { scheme: 'gem', spans: [spanOf(operator, version)] });
  }
  return set;
}

function spanOf(operator: string, version: string): { from: Cut | null; to: Cut | null } {
  const before: Cut = { version, after: false };
  const after: Cut = { version, after: true };
  switch (operator) {
    case '>=':
      return { from: before, to: null };
    case '>':
      return { from: after, to: null };
    case '<':
      return { from: null, to: before };
    case '<=':
      return { from: null, to: after };
    case '~>':
      return { from: before, to: { version: bumped(version), after: false, artificial: true } };
    default:
      return { from: before, to: after };
  }
}

/** Gem::Version#bump, and before all pre-releases of it: `~> 4.3.2` does not hold 4.4.rc1. */
function bumped(version: string): string {
  const segments = version.replaceAll('-', '.pre.').match(/\d+|[A-Za-z]+/g) ?? [];
  const word = segments.findIndex((segment) => !/^\d/.test(segment));
  const numbers = word < 0 ? segments : segments.slice(0, word);
  const kept = numbers.length > 1 ? numbers.slice(0, -1) : numbers;
  const last = BigInt(kept.at(-1) ?? '0') + 1n;
  return [...kept.slice(0, -1), String(last), 'a'].join('.');
}
