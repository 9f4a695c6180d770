import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

/**
 * Checks requests with TypeBox's own compiled validators. Path, query and headers are text, so they are converted first;
 * a body is JSON and has types already: the string "1" is not the number 1 there.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (data: unknown) => {
    const value = httpPart === 'body' ? data : Value.Convert(schema, data);
    if (validator.Check(value)) {
      const place = unstorable(value, '');
      return place === null
        ? { value }
        : { error: new Error(`${httpPart ?? 'request'}${place} has a zero byte or half a character in it`) };
    }
    const [first] = validator.Errors(value);
    const where = `${httpPart ?? 'request'}${first?.instancePath ?? ''}`;
    return { error: new Error(`${where} ${first?.message ?? 'is not valid'}`) };
  };
};

/**
 * Where a text is that no database takes; null: nowhere. JSON can write a zero byte and half of a surrogate pair, and no name has a
 * reason to.
 */
function unstorable(value: unknown, place: string): string | null {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? place : null;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return null;
  for (const [key, each] of Object.entries(value)) {
    const found = unstorable(each, `${place}/${key}`);
    if (found !== null) return found;
  }
  return null;
}
