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
      const why = unstorable(value, '', 0);
      return why === null ? { value } : { error: new Error(`${httpPart ?? 'request'}${why}`) };
    }
    const [first] = validator.Errors(value);
    const where = `${httpPart ?? 'request'}${first?.instancePath ?? ''}`;
    return { error: new Error(`${where} ${first?.message ?? 'is not valid'}`) };
  };
};

/** The deepest of what people send is a bill of materials with a few dozen levels; code that walks into a value needs an end of it. */
const DEPTH_LIMIT = 200;

/**
 * What no database takes, and where: JSON can write a zero byte and half of a surrogate pair, and no name has a reason to; or that it is
 * nested without end. null: nothing is.
 */
function unstorable(value: unknown, place: string, depth: number): string | null {
  if (typeof value === 'string')
    return value.includes('\0') || !value.isWellFormed() ? `${place} has a zero byte or half a character in it` : null;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return null;
  if (depth >= DEPTH_LIMIT) return ` is nested deeper than ${DEPTH_LIMIT} levels`;
  for (const [key, each] of Object.entries(value)) {
    const found = unstorable(each, `${place}/${key}`, depth + 1);
    if (found !== null) return found;
  }
  return null;
}
