import { STATUS_CODES } from 'node:http';
import { type ErrorSide, PROBLEM_TYPE, type Problem } from '@thimble/protocol';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './app.ts';

interface ProblemDetails {
  readonly detail?: string;
  readonly hint?: string;
  readonly side?: ErrorSide;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An expected failure of a request: thrown by a handler, sent as application/problem+json (RFC 9457). */
export class HttpProblem extends Error {
  readonly status: number;
  /** Kebab-case, for programs. */
  readonly code: string;
  readonly details: ProblemDetails;

  constructor(status: number, code: string, details: ProblemDetails = {}) {
    super(`${code}: ${details.detail ?? STATUS_CODES[status] ?? 'error'}`, { cause: details.cause });
    this.name = 'HttpProblem';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Codes for what Fastify itself refuses. */
const FRAMEWORK_CODES: Readonly<Record<string, string>> = {
  FST_ERR_VALIDATION: 'invalid-request',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid-request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid-request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-request',
};

/** Makes every error reply a problem document, and 404 into 405 where the path exists with another method. */
export function registerProblems(app: App): void {
  const routes: { readonly method: string; readonly pattern: RegExp }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    if (url === '/*') return;
    const pattern = new RegExp(
      `^${url
        .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replace(/:[^/]+/g, '[^/]+')
        .replace(/\*$/, '.*')}$`,
    );
    for (const each of [method].flat()) routes.push({ method: each, pattern });
  });
  app.setErrorHandler<FastifyError | HttpProblem>(replyToError);
  app.setNotFoundHandler((request, reply) => sendProblem(reply, missing(request, routes)));
}

/** Also for what fails before routing, such as an address that can't be decoded. */
export function replyToError(
  error: FastifyError | HttpProblem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = error instanceof HttpProblem ? error : fromFramework(error);
  if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
  return sendProblem(reply, problem);
}

/** 405 with `allow` when the path is known, else 404. */
function missing(
  request: FastifyRequest,
  routes: readonly { readonly method: string; readonly pattern: RegExp }[],
): HttpProblem {
  const path = request.url.split('?', 1)[0] ?? '';
  const allowed = [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
  if (allowed.length === 0) return new HttpProblem(404, 'not-found', { detail: 'There is nothing at this address.' });
  return new HttpProblem(405, 'method-not-allowed', {
    detail: `${request.method} is not possible here; ${allowed.join(', ')} is.`,
    headers: { allow: allowed.join(', ') },
  });
}

function fromFramework(error: FastifyError): HttpProblem {
  const status = error.statusCode ?? 500;
  const code = FRAMEWORK_CODES[error.code] ?? (error.validation === undefined ? undefined : 'invalid-request');
  if (status >= 400 && status < 500)
    return new HttpProblem(status, code ?? 'invalid-request', { detail: error.message, cause: error });
  // The cause of a bug is for the log alone: it may hold data of another organisation.
  return new HttpProblem(500, 'internal', {
    side: 'host',
    detail: 'The server failed on this request; its log says why.',
    cause: error,
  });
}

function sendProblem(reply: FastifyReply, { status, code, details }: HttpProblem): FastifyReply {
  const { detail, hint, extra } = details;
  const body: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    side: details.side ?? (status === 409 ? 'conflict' : status >= 500 ? 'host' : 'input'),
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(extra === undefined ? {} : { extra: { ...extra } }),
  };
  for (const [name, value] of Object.entries(details.headers ?? {})) reply.header(name, value);
  return reply
    .code(status)
    .type(PROBLEM_TYPE)
    .serializer((value: unknown) => JSON.stringify(value))
    .send(body);
}
