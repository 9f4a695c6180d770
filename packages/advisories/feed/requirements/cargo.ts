import { isVersion } from '@thimble/versions';
import { everything, intersection, type Cut, type VersionSet } from './version-set.ts';

const CONSTRAINT =
  /^\s*(=|>=|<=|>|<|~|\^)?\s*(\d{1,15})(?:\.(\d{1,15}|\*))?(?:\.(\d{1,15}|\*))?(-[0-9A-Za-z.-]{1,100})?(?:\+[0-9A-Za-z.-]{1,100})?\s*$/;
const MOST_CONSTRAINTS = 20;

/** A requirement of Cargo (`semver::VersionReq`): `>= 1.2.3, < 2.0`, `^0.3.1`; a bare version means `^`. Null: not understood. */
export function cargoRequirement(text: string): VersionSet | null {
  const parts = text.split(',');
  if (parts.length > MOST_CONSTRAINTS) return null;
  let set = everything('cargo');
  for (const part of parts) {
    if (part.trim() === '*') continue;
    const span = spanOf(part);
    if (span === null) return null;
    set = intersection(set, { scheme: 'cargo', spans: [span] });
  }
  return set;
}

function spanOf(part: string): { from: Cut | null; to: Cut | null } | null {
  const match = CONSTRAINT.exec(part);
  if (match === null) return null;
  const [, written, ...fields] = match;
  const numbers = fields.slice(0, 3).filter((field) => field !== undefined && field !== '*');
  const wildcard = fields.slice(0, 3).includes('*');
  const [major = '0', minor = '0', patch = '0'] = numbers;
  const operator = wildcard && written === undefined ? '=' : (written ?? '^');
  const version = `${major}.${minor}.${patch}${fields[3] ?? ''}`;
  if (!isVersion('cargo', version)) return null;
  const from: Cut = { version, after: false };
  const end = (place: number): Cut => ({
    version: nextAt(place, [major, minor, patch]),
    after: false,
    artificial: true,
  });
  // Past everything that a partial version stands for: `> 1.2` begins at 1.3.0.
  const past: Cut = numbers.length < 3 ? { ...end(numbers.length - 1) } : { version, after: true };
  switch (operator) {
    case '>=':
      return { from, to: null };
    case '>':
      return { from: past, to: null };
    case '<':
      return { from: null, to: from };
    case '<=':
      return { from: null, to: past };
    case '=':
      return { from, to: past };
    case '~':
      return { from, to: end(Math.min(numbers.length - 1, 1)) };
    default: {
      // The first number that is not 0 may not change; of 0.0 and 0 the last that is stated.
      const first = numbers.findIndex((number) => /[1-9]/.test(number ?? ''));
      return { from, to: end(first < 0 ? numbers.length - 1 : first) };
    }
  }
}

/** The version at which the number at this place goes up, before its pre-releases. */
function nextAt(place: number, numbers: readonly string[]): string {
  const next = numbers.map((number, index) =>
    index < place ? number : index === place ? String(BigInt(number) + 1n) : '0',
  );
  return `${next.join('.')}-0`;
}
