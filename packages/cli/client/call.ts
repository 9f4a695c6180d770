import type { IncomingMessage } from 'node:http';
import { API, Problem } from '@thimble/protocol';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { ConnectionError, ProblemError } from './client-error.ts';
import { readBody, type Transport, type Upload } from './transport.ts';

/** A plan of a large run may take the database a while; nothing takes a minute. */
const SILENCE_MS = 60_000;

export type QueryValue = string | number | boolean | readonly string[] | undefined;

export interface Call<Reply extends TSchema | null> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api/v1`; ids already percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>> | undefined;
  readonly body?: unknown;
  /** Instead of `body`: bytes that are no JSON. */
  readonly upload?: Upload | undefined;
  /** Longest silence of the connection, when the server has to work longer than usual. */
  readonly silenceMs?: number | undefined;
  /** What the reply has to look like; null: it has no body. */
  readonly reply: Reply;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One request and its checked reply.
 *
 * @throws ProblemError when the server says no, ConnectionError when it does not answer as a Thimble server does.
 */
export async function call<Reply extends TSchema | null>(
  transport: Transport,
  { method, path, query, body, upload, silenceMs, reply, signal }: Call<Reply>,
): Promise<Reply extends TSchema ? Static<Reply> : undefined> {
  const response = await transport({
    method,
    path: API + path + queryString(query),
    body: body === undefined ? upload : JSON.stringify(body),
    accept: 'application/json, application/problem+json',
    silenceMs: silenceMs ?? SILENCE_MS,
    signal,
  });
  const text = await readBody(response);
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) throw problemOf(status, text);
  type Result = Reply extends TSchema ? Static<Reply> : undefined;
  if (reply === null) return undefined as Result;
  const value = parseJson(text);
  if (!Value.Check(reply, value)) {
    const [fault] = Value.Errors(reply, value);
    const where = fault === undefined ? '' : `: ${fault.instancePath || '/'} ${fault.message}`;
    throw new ConnectionError(
      'unexpected-reply',
      `${method} ${API}${path} answered in another form than expected${where}`,
      {
        hint: 'Do the command line and the server have the same version? Compare `thimble version` with `thimble version --server`.',
      },
    );
  }
  return value as Result;
}

/**
 * A file's bytes as they come; whoever gets them reads them to the end, or destroys them.
 *
 * @throws ProblemError when the server says no
 */
export async function download(
  transport: Transport,
  { path, silenceMs, signal }: { readonly path: string; readonly silenceMs: number; readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  const response = await transport({ method: 'GET', path, accept: '*/*', silenceMs, signal });
  const status = response.statusCode ?? 0;
  if (status === 200) return response;
  throw problemOf(status, await readBody(response));
}

/**
 * A reply that is no JSON, as text.
 *
 * @throws ProblemError when the server says no
 */
export async function callForText(
  transport: Transport,
  { path, accept }: { readonly path: string; readonly accept: string },
): Promise<string> {
  const response = await transport({
    method: 'GET',
    path: API + path,
    accept: `${accept}, application/problem+json`,
    silenceMs: SILENCE_MS,
  });
  const text = await readBody(response);
  if (response.statusCode === 200) return text;
  throw problemOf(response.statusCode ?? 0, text);
}

export function queryString(query: Readonly<Record<string, QueryValue>> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of value === undefined ? [] : Array.isArray(value) ? value : [value])
      parameters.append(name, String(each));
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

export function problemOf(status: number, text: string): Error {
  const value = parseJson(text);
  if (Value.Check(Problem, value)) return new ProblemError(value);
  return new ConnectionError('unexpected-reply', `the server answered with status ${status} and no explanation`, {
    hint: 'Is this the address of a Thimble server? Its log says more.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
