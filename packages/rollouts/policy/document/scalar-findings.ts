import { problemAt, shown, type Finding, type Path } from './finding.ts';
import type { SchemaNode } from './schema-node.ts';
import { textKind } from './text-kinds.ts';

/** What is wrong with a text or number that is of the schema's type. */
export function* scalarFindings(schema: SchemaNode, value: string | number, path: Path): Iterable<Finding> {
  const message = typeof value === 'string' ? textMessage(schema, value) : numberMessage(schema, value);
  if (message !== null) yield problemAt(path, message);
}

function textMessage({ minLength, maxLength, pattern }: SchemaNode, value: string): string | null {
  // JSON and YAML can write both, and no database takes them.
  if (value.includes('\0') || !value.isWellFormed()) return `${shown(value)} has a zero byte or half a character in it`;
  // Lengths are code points, as JSON Schema counts them (draft 2020-12, 6.3.1).
  const length = [...value].length;
  if (minLength !== undefined && length < minLength) return 'it is empty; write something or leave the key out';
  if (maxLength !== undefined && length > maxLength) return `it is longer than ${maxLength} characters`;
  if (pattern === undefined || new RegExp(pattern, 'u').test(value)) return null;
  return misspeltText(pattern, value);
}

/** `"6 hours" is no duration; write 6h`. */
export function misspeltText(pattern: string, value: string | number): string {
  const kind = textKind(pattern);
  if (kind === null) return `${shown(value)} does not match ${pattern}`;
  const repaired = kind.repair(String(value));
  const right = repaired !== null && new RegExp(pattern, 'u').test(repaired);
  return `${shown(value)} is no ${kind.noun}; write ${right ? repaired : kind.form}`;
}

function numberMessage({ type, minimum, maximum }: SchemaNode, value: number): string | null {
  if (!Number.isFinite(value)) return 'it is no number that can be worked with';
  if (type === 'integer' && !Number.isInteger(value)) return `${value} is no whole number`;
  if (minimum !== undefined && value < minimum) return `${value} is too small; ${minimum} is the least`;
  if (maximum !== undefined && value > maximum) return `${value} is too large; ${maximum} is the most`;
  return null;
}
