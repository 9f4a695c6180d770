import { problemAt, shown, type Finding, type Path } from './finding.ts';
import { misspeltText, scalarFindings } from './scalar-findings.ts';
import { jsonType, takesType, type SchemaNode } from './schema-node.ts';
import { similarWord } from './similar-word.ts';
import { typeMismatch } from './type-mismatch.ts';
import { notAmong, unionFindings } from './union-findings.ts';

/**
 * What is wrong with a value by a schema, in words for whoever wrote it. TypeBox decides what is valid; it says only which keyword failed, and
 * of a union nothing. Lazy: whoever wants the first finding pays for no more.
 */
export function* schemaFindings(schema: SchemaNode, value: unknown, path: Path = []): Iterable<Finding> {
  if (schema.anyOf !== undefined) yield* unionFindings(schema.anyOf, value, path, schemaFindings);
  else if (schema.const !== undefined) yield* constantFindings(schema.const, value, path);
  else if (!takesType(schema, value)) yield problemAt(path, typeMismatch([schema], value));
  else if (Array.isArray(value)) yield* listFindings(schema, value, path);
  else if (typeof value === 'string' || typeof value === 'number') yield* scalarFindings(schema, value, path);
  else if (jsonType(value) === 'object') yield* groupFindings(schema, new Map(Object.entries(value ?? {})), path);
}

function* constantFindings(wanted: unknown, value: unknown, path: Path): Iterable<Finding> {
  if (value === wanted) return;
  yield problemAt(
    path,
    typeof value === 'string' && typeof wanted === 'string'
      ? notAmong(value, [wanted])
      : `${shown(value)} is not possible here; write ${String(wanted)}`,
  );
}

function* listFindings(schema: SchemaNode, list: readonly unknown[], path: Path): Iterable<Finding> {
  const { items, minItems, maxItems } = schema;
  if (minItems !== undefined && list.length < minItems)
    yield problemAt(path, 'the list is empty; write something in it or leave it out');
  if (maxItems !== undefined && list.length > maxItems) {
    yield problemAt(path, `the list has ${list.length} entries; ${maxItems} are the most`);
    return;
  }
  if (items === undefined) return;
  for (const [index, item] of list.entries()) yield* schemaFindings(items, item, [...path, index]);
}

function* groupFindings(schema: SchemaNode, group: ReadonlyMap<string, unknown>, path: Path): Iterable<Finding> {
  const properties = new Map(Object.entries(schema.properties ?? {}));
  const known = [...properties.keys()];
  const patterns = Object.entries(schema.patternProperties ?? {});
  const ownSchema = (key: string): SchemaNode | undefined =>
    properties.get(key) ?? patterns.find(([pattern]) => new RegExp(pattern, 'u').test(key))?.[1];
  const meant = new Set(
    [...group.keys()].filter((key) => ownSchema(key) === undefined).map((key) => similarWord(key, known)),
  );
  // One mistake is told once: at the key that was misspelt.
  for (const key of schema.required ?? [])
    if (!group.has(key) && !meant.has(key)) yield problemAt(path, missing(key, properties.get(key)));
  for (const [key, value] of group) {
    const own = ownSchema(key);
    if (own === undefined) yield unknownKey(key, known, patterns[0]?.[0], [...path, key]);
    else yield* schemaFindings(own, value, [...path, key]);
  }
}

function missing(key: string, schema: SchemaNode | undefined): string {
  return schema?.const === undefined
    ? `\`${key}\` is missing`
    : `\`${key}\` is missing; write \`${key}: ${String(schema.const)}\``;
}

function unknownKey(key: string, known: readonly string[], pattern: string | undefined, path: Path): Finding {
  if (pattern !== undefined)
    return { weight: 'error', path, of: 'key', message: misspeltText(pattern, key), hint: null };
  const similar = similarWord(key, known);
  const message = `${shown(key)} is not known here${similar === null ? '' : `; did you mean \`${similar}\`?`}`;
  return { weight: 'error', path, of: 'key', message, hint: `known here: ${known.join(', ')}` };
}
