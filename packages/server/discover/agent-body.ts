import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { assertShallow, HttpProblem } from '../http/index.ts';
import { bodyBytes } from './agent-gate.ts';

const inflate = promisify(gunzip);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a request's body, inflated where it is gzip.
 *
 * @param limitBytes of the inflated text: a small bomb must not become a large one.
 * @throws HttpProblem 400 `malformed-body`, 413 `too-large`, 415 `unsupported-encoding`
 */
export async function bodyText(request: FastifyRequest, limitBytes: number): Promise<string> {
  const encoding = request.headers['content-encoding'];
  const received = bodyBytes(request);
  const bytes =
    encoding === undefined || encoding === 'identity' ? received : await inflated(received, encoding, limitBytes);
  if (bytes.length > limitBytes) throw tooLarge(limitBytes);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    throw new HttpProblem(400, 'malformed-body', { detail: 'The body is not UTF-8.', cause });
  }
  // PostgreSQL stores neither NUL nor half a surrogate pair, and no name or message needs one.
  // (A backslash before it makes it text that only looks so; the second expression is slower, and seldom needed.)
  if (/\\u(?:0000|d[89a-f])/i.test(text) && /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(text))
    throw new HttpProblem(400, 'malformed-body', { detail: 'The body has a character that can not be stored.' });
  return text;
}

async function inflated(bytes: Buffer, encoding: string, limitBytes: number): Promise<Buffer> {
  if (encoding !== 'gzip')
    throw new HttpProblem(415, 'unsupported-encoding', { detail: `Content-Encoding may be gzip, not ${encoding}.` });
  try {
    return await inflate(bytes, { maxOutputLength: limitBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limitBytes);
    throw new HttpProblem(400, 'malformed-body', { detail: 'The body is not complete gzip data.', cause });
  }
}

function tooLarge(limitBytes: number): HttpProblem {
  return new HttpProblem(413, 'too-large', { detail: `At most ${limitBytes} bytes are taken.` });
}

/** A reader of JSON bodies of one shape, compiled once. */
export function bodyReader<S extends TSchema>(schema: S, limitBytes: number) {
  const parse = textParser(schema);
  return async (request: FastifyRequest): Promise<Static<S>> => parse(await bodyText(request, limitBytes));
}

/** @throws HttpProblem 400 `malformed-body` for what is no JSON, 422 `invalid-document` for another shape. */
export function textParser<S extends TSchema>(schema: S): (text: string) => Static<S> {
  const validator = Compile(schema);
  return (text) => {
    assertShallow(text);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new HttpProblem(400, 'malformed-body', { detail: 'The body is not JSON.', cause });
    }
    if (validator.Check(value)) return value;
    const [first] = validator.Errors(value);
    throw new HttpProblem(422, 'invalid-document', {
      detail: `${first?.instancePath || 'the document'} ${first?.message ?? 'is not valid'}`.slice(0, 1000),
    });
  };
}
