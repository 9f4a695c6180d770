import type { Random } from './random.ts';
import type { Variation } from './hostile-variations.ts';

type Path = readonly (string | number)[];

const LONG = 'A'.repeat(200_000);

/** JSON texts that stand in for a value. */
const VALUES: readonly string[] = [
  'null',
  'true',
  '0',
  '-1',
  '1e999',
  '""',
  '"__proto__"',
  '"constructor"',
  '"\\u0000"',
  '"\\ud800"',
  '"é\\u202e😀 "',
  '"9999-99-99T99:99:99Z"',
  `"${LONG}"`,
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '["x"]',
  '[1]',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `[${'"x",'.repeat(30_000)}"x"]`,
];
const KEYS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'x'.repeat(2_000)];

/** Values of other types, names of prototypes, members twice or gone: `most` of each, at random places. */
export function* hostileJson(value: unknown, random: Random, most: number): Generator<Variation> {
  const paths = [...pathsOf(value, [])];
  const at = (path: Path): string => `$${path.map((step) => `.${step}`).join('')}`.slice(0, 80);
  for (let count = 0; count < most; count += 1) {
    const path = random.pick(paths) ?? [];
    const other = random.pick(VALUES) ?? 'null';
    yield { name: `${other.slice(0, 20)} at ${at(path)}`, bytes: Buffer.from(written(value, [], path, () => other)) };
  }
  for (let count = 0; count < most / 3; count += 1) {
    const path = random.pick(paths) ?? [];
    const key = random.pick(KEYS) ?? '';
    const renamed = (text: string): string => `{${JSON.stringify(key)}:${text}}`;
    yield { name: `${key.slice(0, 20)} around ${at(path)}`, bytes: Buffer.from(written(value, [], path, renamed)) };
    const doubled = (text: string): string =>
      path.length > 0 && typeof path.at(-1) === 'number' ? `${text},${text}` : text;
    yield { name: `twice at ${at(path)}`, bytes: Buffer.from(written(value, [], path, doubled)) };
    yield { name: `renamed at ${at(path)}`, bytes: Buffer.from(written(value, [], path, (text) => text, key)) };
  }
}

function* pathsOf(value: unknown, path: Path): Generator<Path> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value))
    yield* pathsOf(member, [...path, Array.isArray(value) ? Number(key) : key]);
}

/** The value as JSON with the text at `target` changed (and, given a name, its key): as text, so that any key can be written. */
function written(value: unknown, path: Path, target: Path, change: (text: string) => string, name?: string): string {
  const here = path.length === target.length && path.every((step, index) => step === target[index]);
  const below = (key: string | number, member: unknown): string =>
    written(member, [...path, key], target, change, name);
  let text: string;
  if (Array.isArray(value)) text = `[${value.map((member, index) => below(index, member)).join(',')}]`;
  else if (typeof value === 'object' && value !== null) {
    const isTarget = (key: string): boolean => target.length === path.length + 1 && target.at(-1) === key;
    const members = Object.entries(value).map(
      ([key, member]) => `${JSON.stringify(name !== undefined && isTarget(key) ? name : key)}:${below(key, member)}`,
    );
    text = `{${members.join(',')}}`;
  } else text = JSON.stringify(value);
  return here ? change(text) : text;
}
