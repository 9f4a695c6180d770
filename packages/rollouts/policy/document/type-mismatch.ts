import { shown } from './finding.ts';
import { jsonType, type SchemaNode } from './schema-node.ts';
import { misspeltText } from './scalar-findings.ts';

/** Why a value can't be what any of these schemas wants: it is of another type. */
export function typeMismatch(schemas: readonly SchemaNode[], value: unknown): string {
  const type = jsonType(value);
  if (type === 'null') return 'nothing is written here; write something or leave the key out';
  if (type === 'number') {
    const text = schemas.find((each) => each.type === 'string' && each.const === undefined);
    if (text !== undefined) return numberAsText(text, Number(value));
  }
  const list = schemas.find((each) => each.type === 'array');
  if (list !== undefined && type !== 'object' && type !== 'array')
    return `it has to be a list; write [${isPlainWord(value) ? value : shown(value)}]`;
  if (type === 'string') {
    const number = Number(value);
    const wanted = schemas.map((each) => each.type);
    if ((wanted.includes('integer') || wanted.includes('number')) && value !== '' && Number.isFinite(number))
      return `${shown(value)} is a text here; write ${number} without quotes`;
    if (wanted.includes('boolean')) return `${shown(value)} is neither true nor false`;
  }
  return `${shown(value)} is not possible here; it has to be ${[...new Set(schemas.map(wantedInWords))].join(' or ')}`;
}

function wantedInWords(schema: SchemaNode): string {
  if (schema.const !== undefined) return String(schema.const);
  switch (schema.type) {
    case 'object':
      return 'a group of keys';
    case 'array':
      return 'a list';
    case 'integer':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'a text';
  }
}

/** YAML takes `3` for a number, where a version or a label may be meant. */
function numberAsText({ pattern }: SchemaNode, value: number): string {
  if (pattern === undefined || new RegExp(pattern, 'u').test(String(value)))
    return `${value} is a number here; write "${value}"`;
  return misspeltText(pattern, value);
}

function isPlainWord(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z][\w.*-]{0,60}$/i.test(value);
}
