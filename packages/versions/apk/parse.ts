import { endOfDigits, endOfLetters, isDigit } from '../digits.ts';

/** A piece of an Alpine version, in the order in which the kinds may follow each other. */
export type ApkToken =
  | { readonly kind: 'number'; readonly digits: string; readonly first: boolean }
  | { readonly kind: 'letter'; readonly letter: string }
  /** `rank` is negative for what comes before the release (`_alpha` … `_rc`), positive for what follows it. */
  | { readonly kind: 'suffix'; readonly rank: number }
  | { readonly kind: 'suffix-number'; readonly digits: string }
  | { readonly kind: 'hash'; readonly hash: string }
  | { readonly kind: 'revision'; readonly digits: string };

export type ApkVersion = readonly ApkToken[];

const SUFFIX_RANKS: ReadonlyMap<string, number> = new Map([
  ['alpha', -4],
  ['beta', -3],
  ['pre', -2],
  ['rc', -1],
  ['cvs', 1],
  ['svn', 2],
  ['git', 3],
  ['hg', 4],
  ['p', 5],
]);

const LOWER_CASE = /^[a-z]$/;
const HASH = /[0-9a-f]+/y;

/**
 * `number{.number}[letter]{_suffix[number]}[~hash][-rNumber]`, apk-package(5), as `apk version --check` of apk-tools 3
 * accepts it. Digits after the letter (`9.3p1`), which only apk-tools 2 accepts, stay accepted: such versions are shipped.
 */
export function parseApkVersion(text: string): ApkVersion | null {
  const firstEnd = endOfDigits(text, 0);
  if (firstEnd === 0) return null;
  const tokens: ApkToken[] = [{ kind: 'number', digits: text.slice(0, firstEnd), first: true }];
  let index = firstEnd;
  while (index < text.length) {
    const read = tokenAt(text, index, tokens.at(-1));
    if (read === null) return null;
    tokens.push(read.token);
    index = read.end;
  }
  return tokens;
}

interface Read {
  readonly token: ApkToken;
  readonly end: number;
}

function tokenAt(text: string, index: number, before: ApkToken | undefined): Read | null {
  const sign = text.charAt(index);
  const after = before?.kind;
  if (isDigit(sign.charCodeAt(0))) {
    if (after === 'letter') return digits(text, index, (run) => ({ kind: 'number', digits: run, first: true }));
    if (after === 'suffix') return digits(text, index, (run) => ({ kind: 'suffix-number', digits: run }));
    return null;
  }
  switch (sign) {
    case '.':
      if (after !== 'number') return null;
      return digits(text, index + 1, (run) => ({ kind: 'number', digits: run, first: false }));
    case '_':
      return after === 'hash' || after === 'revision' ? null : suffix(text, index + 1);
    case '~':
      return after === 'hash' || after === 'revision' ? null : hash(text, index + 1);
    case '-':
      if (after === 'revision' || text.charAt(index + 1) !== 'r') return null;
      return digits(text, index + 2, (run) => ({ kind: 'revision', digits: run }));
    default:
      if (after !== 'number' || !LOWER_CASE.test(sign)) return null;
      return { token: { kind: 'letter', letter: sign }, end: index + 1 };
  }
}

function digits(text: string, from: number, tokenOf: (run: string) => ApkToken): Read | null {
  const end = endOfDigits(text, from);
  return end === from ? null : { token: tokenOf(text.slice(from, end)), end };
}

function suffix(text: string, from: number): Read | null {
  const end = endOfLetters(text, from);
  const rank = SUFFIX_RANKS.get(text.slice(from, end));
  return rank === undefined ? null : { token: { kind: 'suffix', rank }, end };
}

function hash(text: string, from: number): Read | null {
  HASH.lastIndex = from;
  const run = HASH.exec(text)?.[0];
  return run === undefined ? null : { token: { kind: 'hash', hash: run }, end: from + run.length };
}
