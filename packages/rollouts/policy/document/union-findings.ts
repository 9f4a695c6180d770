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
  else yield* groupFindings(ofType, Object.entries(value ?? {}), value, path, explain);
}

function isTaken(branch: SchemaNode, value: unknown, path: Path, explain: Explain): boolean {
  for (const _ of explain(branch, value, path)) return false;
  return true;
}

/** `"nevr" is not possible here; did you mean never?` */
export function notAmong(value: string, words: readonly string[], keys: readonly string[] = []): string {
  const similar = similarWord(value, words);
  const groups = keys.length === 0 ? '' : `, or a group with ${listed(keys.map((key) => `\`${key}\``))}`;
  return `${shown(value)} is not possible here; ${similar === null ? `write ${listed(words)}${groups}` : `did you mean ${similar}?`}`;
}

/** Groups of keys differ by a key that only one of them has, or by the word that they have at the same key. */
function* groupFindings(
  branches: readonly SchemaNode[],
  entries: readonly (readonly [string, unknown])[],
  value: unknown,
  path: Path,
  explain: Explain,
): Iterable<Finding> {
  const given = entries.map(([key]) => key);
  const chosen = branches.filter((branch) => branch.required?.some((key) => given.includes(key)));
  const [first] = chosen;
  if (first === undefined) {
    const similar = given.map((key) => similarWord(key, keysOf(branches))).find((word) => word !== null);
    const meant = similar === undefined ? '' : `; did you mean \`${similar}\`?`;
    yield problemAt(path, `it needs one of ${listed(keysOf(branches).map((key) => `\`${key}\``))}${meant}`);
    return;
  }
  const keys = keysOf(chosen);
  if (keys.length > 1) {
    yield problemAt(
      path,
      `it has ${listed(
        keys.map((key) => `\`${key}\``),
        'and',
      )}; only one of them is possible`,
    );
    return;
  }
  const [key = ''] = keys;
  const words = chosen.flatMap((branch) =>
    isWord(branch.properties?.[key]) ? [String(branch.properties?.[key]?.const)] : [],
  );
  const word = entries.find(([name]) => name === key)?.[1];
  const meant =
    chosen.find((branch) => branch.properties?.[key]?.const === word) ?? (words.length === 0 ? first : null);
  if (meant !== null) yield* explain(meant, value, path);
  else if (typeof word === 'string') yield problemAt([...path, key], notAmong(word, words));
  else yield problemAt([...path, key], `${shown(word)} is not possible here; write ${listed(words)}`);
}

function isWord(schema: SchemaNode | undefined): boolean {
  return typeof schema?.const === 'string';
}

/** The keys that groups can't do without. */
function keysOf(branches: readonly SchemaNode[]): readonly string[] {
  return [...new Set(branches.flatMap(({ required }) => required ?? []))];
}

/** `a`, `a or b`, `a, b or c`. */
function listed(items: readonly string[], word = 'or'): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}
