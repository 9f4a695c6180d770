import { problemAt, shown, type Finding, type Path } from './finding.ts';
import { jsonType, takesType, type Explain, type SchemaNode } from './schema-node.ts';
import { similarWord } from './similar-word.ts';
import { typeMismatch } from './type-mismatch.ts';

/** What is wrong with a value that may be one of several things: as far as possible of the one that was meant. */
export function* unionFindings(
  branches: readonly SchemaNode[],
  value: unknown,
  path: Path,
  explain: Explain,
): Iterable<Finding> {
  if (branches.some((branch) => isTaken(branch, value, path, explain))) return;
  const words = branches.flatMap((branch) => (typeof branch.const === 'string' ? [branch.const] : []));
  if (typeof value === 'string' && words.length > 0) {
    yield problemAt(path, notAmong(value, words, keysOf(branches)));
    return;
  }
  const ofType = branches.filter((branch) => branch.const === undefined && takesType(branch, value));
  const [only] = ofType;
  // Whoever quotes a number means the number: `"3"` is a count, not a percentage without its sign.
  const quoted = typeof value === 'string' && /^\d+$/.test(value) && branches.some(({ type }) => type === 'integer');
  if (only === undefined || quoted) yield problemAt(path, typeMismatch(branches, value));
  else if (jsonType(value) !== 'object' || ofType.length === 1) yield* explain(only, value, path);
  else yield* groupFindings(ofType, new Map(Object.entries(value ?? {})), path, explain);
}

function isTaken(branch: SchemaNode, value: unknown, path: Path, explain: Explain): boolean {
  for (const _ of explain(branch, value, path)) return false;
  return true;
}

/** `"nevr" is not possible here; did you mean never?` */
export function notAmong(value: unknown, words: readonly string[], keys: readonly string[] = []): string {
  const similar = typeof value === 'string' ? similarWord(value, words) : null;
  const groups = keys.length === 0 ? '' : `, or a group with ${listed(keys.map(inCode))}`;
  return `${shown(value)} is not possible here; ${similar === null ? `write ${listed(words)}${groups}` : `did you mean ${similar}?`}`;
}

/** Groups of keys differ by a key that only one of them has, or by the word that they have at the same key. */
function* groupFindings(
  branches: readonly SchemaNode[],
  group: ReadonlyMap<string, unknown>,
  path: Path,
  explain: Explain,
): Iterable<Finding> {
  const chosen = branches.filter(({ required }) => required?.some((key) => group.has(key)));
  const [key, ...more] = keysOf(chosen);
  if (key === undefined) {
    const similar = [...group.keys()]
      .map((given) => similarWord(given, keysOf(branches)))
      .find((word) => word !== null);
    const meant = similar === undefined ? '' : `; did you mean ${inCode(similar)}?`;
    yield problemAt(path, `it needs one of ${listed(keysOf(branches).map(inCode))}${meant}`);
    return;
  }
  if (more.length > 0) {
    const several = listed([key, ...more].map(inCode), 'and');
    yield problemAt(path, `it has ${several}; only one of them is possible`);
    return;
  }
  const words = chosen.map((branch) => branch.properties?.[key]?.const).filter((word) => typeof word === 'string');
  const meant = chosen.find((branch) => words.length === 0 || branch.properties?.[key]?.const === group.get(key));
  if (meant === undefined) yield problemAt([...path, key], notAmong(group.get(key), words));
  else yield* explain(meant, Object.fromEntries(group), path);
}

/** The keys that groups can't do without. */
function keysOf(branches: readonly SchemaNode[]): readonly string[] {
  return [...new Set(branches.flatMap(({ required }) => required ?? []))];
}

function inCode(key: string): string {
  return `\`${key}\``;
}

/** `a`, `a or b`, `a, b or c`. */
function listed(items: readonly string[], word = 'or'): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}
