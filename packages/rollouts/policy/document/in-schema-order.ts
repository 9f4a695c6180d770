import { PolicyDocument } from '@thimble/protocol';
import type { SchemaNode } from './schema-node.ts';

/** The same document with its keys in the order of the schema, those of labels by name. */
export function ordered(document: PolicyDocument): unknown {
  return inOrder(PolicyDocument, document);
}

function inOrder(schema: SchemaNode | null, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => inOrder(branchFor(schema, value)?.items ?? null, item));
  if (typeof value !== 'object' || value === null) return value;
  const properties = branchFor(schema, value)?.properties ?? {};
  const places = new Map(Object.keys(properties).map((key, place) => [key, place]));
  const place = (key: string): number => places.get(key) ?? places.size;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1))
      .map(([key, each]) => [key, inOrder(properties[key] ?? null, each)]),
  );
}

/** Of a union the one that could be meant: a list for a list, a group with the same keys for a group. */
function branchFor(schema: SchemaNode | null, value: object): SchemaNode | null {
  if (schema?.anyOf === undefined) return schema;
  return (
    schema.anyOf.find(({ type, properties }) =>
      Array.isArray(value)
        ? type === 'array'
        : properties !== undefined && Object.keys(value).every((key) => Object.hasOwn(properties, key)),
    ) ?? null
  );
}
