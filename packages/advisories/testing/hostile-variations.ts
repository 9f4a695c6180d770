import { hostileJson } from './hostile-json.ts';
import type { Random } from './random.ts';

export interface Variation {
  /** Says what was done, for the test's message. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What stands in for a word of a text: a name of a prototype, another type, nothing, too much, not even text. */
const WORDS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  '0',
  '-1',
  '1e999',
  'null',
  '[]',
  '9'.repeat(400),
  'A'.repeat(100_000),
  '(('.repeat(2_000),
  '../../../etc/passwd',
  '\u0000',
  '\u001b[31m',
  '\ud800',
  '😀é\u202e',
  '&lt;!ENTITY',
  '"',
  ',',
  '<a>',
] as const;
const WORD = /[\w.:+~/-]+/g;

/** Variations of a document that no honest upstream sends. `most`: how many of each kind. */
export function* hostileVariations(original: Uint8Array, random: Random, most: number): Generator<Variation> {
  for (let count = 0; count < most; count += 1) {
    const length = random.below(original.length + 1);
    yield { name: `cut after ${length} bytes`, bytes: original.slice(0, length) };
  }
  yield { name: 'no bytes', bytes: new Uint8Array() };
  for (const length of [1, 100, 10_000])
    yield { name: `${length} random bytes`, bytes: Uint8Array.from({ length }, () => random.below(256)) };
  for (let count = 0; count < most; count += 1) yield flipped(original, random);
  yield { name: 'twice', bytes: Buffer.concat([original, original]) };
  yield { name: 'a page in HTML', bytes: Buffer.from('<!DOCTYPE html><html><body>503</body></html>') };
  yield { name: 'deep JSON', bytes: Buffer.from('['.repeat(200_000)) };
  yield { name: 'deep JSON objects', bytes: Buffer.from('{"a":'.repeat(100_000)) };
  yield { name: 'deep XML', bytes: Buffer.from('<a>'.repeat(100_000)) };
  yield { name: 'one long line', bytes: Buffer.from('x'.repeat(2_000_000)) };
  yield { name: 'only line ends', bytes: Buffer.from('\n'.repeat(100_000)) };
  const parsed = asJson(original);
  if (parsed === undefined) yield* hostileText(original, random, most * 3);
  else yield* hostileJson(parsed.value, random, most * 3);
}

function flipped(original: Uint8Array, random: Random): Variation {
  const bytes = original.slice();
  const places = [0, 1, 2].map(() => random.below(Math.max(bytes.length, 1)));
  for (const place of places) if (place < bytes.length) bytes[place] = random.below(256);
  return { name: `bytes ${places.join(', ')} changed`, bytes };
}

function asJson(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(Buffer.from(bytes).toString()) as unknown };
  } catch {
    return undefined;
  }
}

function* hostileText(original: Uint8Array, random: Random, most: number): Generator<Variation> {
  const text = Buffer.from(original).toString();
  const words = [...text.matchAll(WORD)];
  for (let count = 0; count < most && words.length > 0; count += 1) {
    const word = random.pick(words);
    const other = random.pick(WORDS);
    if (word === undefined || other === undefined) continue;
    const bytes = Buffer.from(text.slice(0, word.index) + other + text.slice(word.index + word[0].length));
    yield { name: `${JSON.stringify(other.slice(0, 20))} for ${word[0].slice(0, 40)} at ${word.index}`, bytes };
  }
  const lines = text.split('\n');
  for (let count = 0; count < most / 3; count += 1) {
    const from = random.below(lines.length);
    const moved = [...lines.slice(0, from), ...lines.slice(from + 1), lines[from] ?? '', lines[from] ?? ''];
    yield { name: `line ${from + 1} moved to the end, twice`, bytes: Buffer.from(moved.join('\n')) };
  }
}
