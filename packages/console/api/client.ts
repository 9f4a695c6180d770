import { API, ORGANISATION_HEADER, type Problem } from '@thimble/protocol';
import { ORGANISATION_HERE } from './organisation-here.ts';
import { type Query, queryString } from './query-string.ts';

/** An error reply of the server, or that none came (`code` 'unreachable'). */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return request<T>('GET', path + queryString(query), undefined, signal);
}

/** In another organisation than the one in which this page acts, about itself: who has access to it, or a part of it. */
export async function getIn<T>(organisationId: string, path: string, signal?: AbortSignal): Promise<T> {
  const headers = { accept: 'application/json', [ORGANISATION_HEADER]: organisationId };
  return parsed<T>(await send('GET', path, headers, undefined, signal));
}

export async function postIn<T>(organisationId: string, path: string, body: unknown): Promise<T> {
  const headers = { ...JSON_HEADERS, [ORGANISATION_HEADER]: organisationId };
  return parsed<T>(await send('POST', path, headers, JSON.stringify(body)));
}

export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return request<T>('POST', path, body);
}

export function put<T>(path: string, body: unknown): Promise<T> {
  return request<T>('PUT', path, body);
}

/** Sends a file as it is; `type` is its media type. */
export function upload<T>(path: string, file: Blob, type: string): Promise<T> {
  return send('POST', path, { accept: 'application/json', 'content-type': type }, file).then(parsed<T>);
}

/** A document as it was sent, to be kept as a file. */
export async function getDocument(path: string, query: Query = {}): Promise<string> {
  const response = await send('GET', path + queryString(query), { accept: 'application/json' });
  return response.text();
}

export function remove(path: string): Promise<void> {
  return request('DELETE', path);
}

async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response =
    body === undefined
      ? await send(method, path, { accept: 'application/json' }, undefined, signal)
      : await send(method, path, JSON_HEADERS, JSON.stringify(body), signal);
  return parsed<T>(response);
}

async function parsed<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function send(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string | Blob,
  signal?: AbortSignal,
): Promise<Response> {
  const response = await fetch(API + path, {
    method,
    credentials: 'same-origin',
    headers: ORGANISATION_HERE === undefined ? headers : { [ORGANISATION_HEADER]: ORGANISATION_HERE, ...headers },
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause;
    throw new ProblemError(UNREACHABLE);
  });
  if (!response.ok) throw new ProblemError(await readProblem(response));
  return response;
}

const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json' };

const UNREACHABLE: Problem = {
  type: 'about:blank',
  title: 'The server does not answer',
  status: 503,
  code: 'unreachable',
  side: 'remote',
  detail: 'The connection was refused or lost.',
  hint: 'Is Thimble running? This page tries again by itself.',
};

/** A proxy in between may answer in its own format: then the status is all there is. */
async function readProblem(response: Response): Promise<Problem> {
  const value: unknown = await response.json().catch(() => undefined);
  if (typeof value === 'object' && value !== null && 'title' in value && 'code' in value) return value as Problem;
  return {
    type: 'about:blank',
    title: `The server answered ${response.status} ${response.statusText}`.trim(),
    status: response.status,
    code: 'unexpected-reply',
    side: 'remote',
  };
}
