import type { Finding, Path } from './finding.ts';

/** What is read of a JSON Schema to say what is wrong with a document. A test sees to it that a policy's schema uses nothing else. */
export interface SchemaNode {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[] | undefined;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** Says what is wrong with a value; nothing when it is as the schema wants it. */
export type Explain = (schema: SchemaNode, value: unknown, path: Path) => Iterable<Finding>;

export type JsonType = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** JSON's name of a value's type; null: JSON can't hold it. */
export function jsonType(value: unknown): JsonType | null {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'object' || type === 'string' || type === 'number' || type === 'boolean' ? type : null;
}

/** Whether a schema could take a value as far as its type says. */
export function takesType(schema: SchemaNode, value: unknown): boolean {
  const type = jsonType(value);
  return schema.type === type || (schema.type === 'integer' && type === 'number');
}
