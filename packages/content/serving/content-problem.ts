import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { type ErrorSide, type Problem, PROBLEM_TYPE } from '@thimble/protocol';
import { type ContentFault, type ContentFaultCode, FAULT_SIDES } from '../model/index.ts';

/** Why a client does not get what it asked for: sent as application/problem+json (RFC 9457). */
export interface ContentProblem {
  readonly kind: 'problem';
  readonly status: number;
  /** Kebab-case, for programs. */
  readonly code: string;
  readonly detail: string;
  /** Left out: by the status. */
  readonly side?: ErrorSide;
  readonly headers?: Readonly<Record<string, string>>;
}

/** When upstream may have healed, in seconds. */
const RETRY_AFTER = '30';

export const NOT_FOUND: ContentProblem = {
  kind: 'problem',
  status: 404,
  code: 'not-found',
  detail: 'There is nothing at this address.',
};
export const UNSAFE_ADDRESS: ContentProblem = {
  kind: 'problem',
  status: 400,
  code: 'unsafe-path',
  detail: 'This address can’t be read in one way only.',
};
export const METHOD_NOT_ALLOWED: ContentProblem = {
  kind: 'problem',
  status: 405,
  code: 'method-not-allowed',
  detail: 'Content can be read with GET and HEAD, nothing else.',
  headers: { allow: 'GET, HEAD' },
};
export const INTERNAL: ContentProblem = {
  kind: 'problem',
  status: 500,
  code: 'internal',
  detail: 'This failed here; the log says why.',
};
/** Of whoever shows no ticket, or none that holds. RFC 7617: with the challenge apt, dnf and apk send their password. */
export const UNAUTHORISED: ContentProblem = {
  kind: 'problem',
  status: 401,
  code: 'unauthorised',
  detail: 'Content is read with a ticket: as bearer, or as the password of any user.',
  headers: { 'www-authenticate': 'Basic realm="Thimble content"' },
};

const FAULT_STATUS: Readonly<Partial<Record<ContentFaultCode, number>>> = { unreachable: 504, 'disk-full': 507 };

/** What a client is told of a fault of the upstream. */
export function problemOfFault(fault: ContentFault): ContentProblem {
  return {
    kind: 'problem',
    status: FAULT_STATUS[fault.code] ?? 502,
    code: fault.code,
    detail: fault.message,
    side: FAULT_SIDES[fault.code] === 'host' ? 'host' : 'remote',
    headers: { 'retry-after': RETRY_AFTER },
  };
}

export function sendProblem(request: IncomingMessage, response: ServerResponse, problem: ContentProblem): void {
  const body: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    code: problem.code,
    side: problem.side ?? (problem.status >= 500 ? 'host' : 'input'),
    detail: problem.detail,
  };
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(problem.status, {
    ...problem.headers,
    'content-type': PROBLEM_TYPE,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
