import { compareDigits } from './digits.ts';
import { compareNumberLists } from './number-lists.ts';
import { compareText } from './text-order.ts';

/** Semantic Versioning 2.0.0. Numbers stay digits: they have no upper bound. */
export interface SemanticVersion {
  /** Major, minor, patch, without leading zeros. */
  readonly release: readonly string[];
  /** Empty: a release. */
  readonly prerelease: readonly string[];
}

/** `limit`: the greatest number that the ecosystem's tool holds in a part; null: none. */
export function parseSemanticVersion(text: string, limit: string | null = null): SemanticVersion | null {
  const match = SHAPE.exec(text);
  if (match === null) return null;
  const release = match.slice(1, 4).map(String);
  if (limit !== null && release.some((part) => compareDigits(part, limit) > 0)) return null;
  const prerelease = match[4]?.split('.') ?? [];
  if (prerelease.some((part) => LEADING_ZERO.test(part))) return null;
  return { release, prerelease };
}

/** Clause 11. Build metadata has no part in it. */
export function compareSemanticVersions(a: SemanticVersion, b: SemanticVersion): -1 | 0 | 1 {
  const order = compareNumberLists(a.release, b.release);
  if (order !== 0) return order;
  if (a.prerelease.length === 0 || b.prerelease.length === 0)
    return Math.sign(b.prerelease.length - a.prerelease.length) as -1 | 0 | 1;
  return compareIdentifiers(a.prerelease, b.prerelease);
}

function compareIdentifiers(a: readonly string[], b: readonly string[]): -1 | 0 | 1 {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareIdentifier(left, right);
    if (order !== 0) return order;
  }
  return a.length < b.length ? -1 : 0;
}

function compareIdentifier(a: string, b: string): -1 | 0 | 1 {
  const left = NUMERIC.test(a);
  const right = NUMERIC.test(b);
  if (left !== right) return left ? -1 : 1;
  return left ? compareDigits(a, b) : compareText(a, b);
}

const NUMERIC = /^[0-9]+$/;
const LEADING_ZERO = /^0[0-9]+$/;
const NUMBER = '(0|[1-9][0-9]*)';
const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const SHAPE = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?$`);
