import { compareNumberLists } from '../number-lists.ts';

/** What follows the dotted numbers of a version. */
export interface Qualifier {
  /**
   * `before`: a pre-release. `after`: known to be newer than the version without it (patch, hotfix, update, build, the
   * letters of OpenSSL). `own`: a word whose meaning only its vendor knows, comparable with the same word alone.
   */
  readonly kind: 'none' | 'before' | 'after' | 'own';
  readonly word: string;
  readonly numbers: readonly string[];
}

const NONE: Qualifier = { kind: 'none', word: '', numbers: [] };

const BEFORE: ReadonlySet<string> = new Set(['alpha', 'beta', 'rc', 'dev', 'pre', 'preview', 'snapshot', 'milestone']);
/** These have an order of their own, the others only among themselves. */
const STAGES = ['alpha', 'beta', 'rc'];
/** One name for the spellings of one thing. */
const AFTER: ReadonlyMap<string, string> = new Map([
  ['p', 'patch'],
  ['pl', 'patch'],
  ['patch', 'patch'],
  ['h', 'hotfix'],
  ['hf', 'hotfix'],
  ['hotfix', 'hotfix'],
  ['sp', 'service-pack'],
  ['u', 'update'],
  ['update', 'update'],
  ['su', 'service-update'],
  ['es', 'engineering-special'],
  ['sr', 'service-release'],
  ['build', 'build'],
]);

const BUILD = /^-([0-9]+(?:\.[0-9]+)*)$/;
/** One letter, or two that begin with z: OpenSSL's 1.0.2z was followed by 1.0.2za. */
const LETTERS = /^z?[a-z]$/;
const WORD = /^[-._]?([a-z]+)(?:[-._]?([0-9]+(?:\.[0-9]+)*))?$/;

/** null: more than one addition, or none that can be read. */
export function parseQualifier(text: string): Qualifier | null {
  if (text === '') return NONE;
  const build = BUILD.exec(text)?.[1];
  if (build !== undefined) return { kind: 'after', word: 'number', numbers: build.split('.') };
  if (LETTERS.test(text)) return { kind: 'after', word: 'letters', numbers: [letterNumber(text)] };
  const match = WORD.exec(text);
  if (match === null) return null;
  const [, word = '', written] = match;
  const numbers = written?.split('.') ?? [];
  if (BEFORE.has(word)) return { kind: 'before', word, numbers };
  if (written === undefined) return null;
  const after = AFTER.get(word);
  return after === undefined ? { kind: 'own', word, numbers } : { kind: 'after', word: after, numbers };
}

/** null: words that say nothing about each other. */
export function compareQualifiers(a: Qualifier, b: Qualifier): -1 | 0 | 1 | null {
  if (a.kind === b.kind && a.word === b.word) return compareNumberLists(a.numbers, b.numbers);
  if (a.kind === 'own' || b.kind === 'own') return null;
  if (a.kind === b.kind) {
    const left = STAGES.indexOf(a.word);
    const right = STAGES.indexOf(b.word);
    return a.kind !== 'before' || left === -1 || right === -1 ? null : left < right ? -1 : 1;
  }
  return RANKS[a.kind] < RANKS[b.kind] ? -1 : 1;
}

const RANKS = { before: -1, none: 0, after: 1 } as const;

/** 1 for a to 26 for z, then za, zb, … */
function letterNumber(letters: string): string {
  const last = letters.charCodeAt(letters.length - 1) - 96;
  return String(letters.length === 1 ? last : 26 + last);
}
