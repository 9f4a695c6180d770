/** A version as PHP's version_compare splits its normal form, for example `1.0.0.0-beta2-dev`. */
export type ComposerVersion = readonly ComposerPart[];
export type ComposerPart = { readonly digits: string } | { readonly rank: number };

/** version_compare's order of words; a version that ends stands at `END_RANK`, a number at `NUMBER_RANK`. */
const WORD_RANKS = new Map([
  ['dev', 0],
  ['alpha', 1],
  ['beta', 2],
  ['rc', 3],
  ['patch', 6],
]);
export const END_RANK = 4;
export const NUMBER_RANK = 5;
/** `1.0-Stable` in another case than Composer knows: version_compare puts unknown words before all. */
const UNKNOWN_RANK = -1;

/**
 * Composer\Semver\VersionParser::normalize. Named branches (`dev-main`, `master`) are no versions: nothing orders them.
 * Numeric ones (`2.1.x-dev`) are the last of their line.
 */
export function parseComposerVersion(text: string): ComposerVersion | null {
  if (!/^[\x21-\x7e]+$/.test(text)) return null;
  const unflagged = text.replace(/@(?:stable|rc|beta|alpha|dev)$/i, '');
  if (/^dev-/i.test(unflagged)) return null;
  const plain = unflagged.replace(/(?<=^[^+,]+)\+.+$/, '');
  const classical = CLASSICAL.exec(plain);
  if (classical !== null) {
    const numbers = classical.slice(1, 5).map((part) => part?.replace('.', '') ?? '0');
    return [...numbers.map(digitsPart), ...suffix(classical.slice(5))];
  }
  const dated = DATED.exec(plain);
  if (dated !== null) return [...(dated[1] ?? '').split(/[.:-]/).map(digitsPart), ...suffix(dated.slice(2))];
  return numericBranch(plain);
}

const MODIFIER = '[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)((?:[.-]?[0-9]+)*)?)?([.-]?dev)?';
const CLASSICAL = new RegExp(`^v?([0-9]{1,5})(\\.[0-9]+)?(\\.[0-9]+)?(\\.[0-9]+)?${MODIFIER}$`, 'i');
const DATED = new RegExp(`^v?([0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3})?)${MODIFIER}$`, 'i');
const BRANCH = /^v?([0-9]+)(\.(?:[0-9]+|[x*]))?(\.(?:[0-9]+|[x*]))?(\.(?:[0-9]+|[x*]))?[.-]?dev$/i;
const WILDCARD = '9999999';
const LONG_WORDS = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['p', 'patch'],
  ['pl', 'patch'],
]);

function suffix([word, numbers, dev]: readonly (string | undefined)[]): readonly ComposerPart[] {
  if (word === 'stable') return [];
  const parts: ComposerPart[] = [];
  if (word !== undefined) {
    const lower = word.toLowerCase();
    parts.push({ rank: WORD_RANKS.get(LONG_WORDS.get(lower) ?? lower) ?? UNKNOWN_RANK });
    parts.push(...(numbers?.match(/[0-9]+/g) ?? []).map(digitsPart));
  }
  return dev === undefined ? parts : [...parts, DEV];
}

function numericBranch(text: string): ComposerVersion | null {
  const match = BRANCH.exec(text);
  if (match === null) return null;
  const numbers = match.slice(1, 5).map((part) => part?.replace('.', '').replace(/[x*]/i, WILDCARD) ?? WILDCARD);
  return [...numbers.map(digitsPart), DEV];
}

const DEV: ComposerPart = { rank: 0 };

function digitsPart(digits: string): ComposerPart {
  return { digits };
}
