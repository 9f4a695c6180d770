import type { Problem } from '@thimble/protocol';

/** The server said no: its problem details (RFC 9457) as they came. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    this.status = problem.status;
    this.code = problem.code;
    this.hint = problem.hint;
  }
}

/** No answer, or none that a Thimble server gives. */
export class ConnectionError extends Error {
  readonly code:
    | 'no-server'
    | 'not-permitted'
    | 'unreachable'
    | 'untrusted-certificate'
    | 'timeout'
    | 'reply-too-large'
    | 'unexpected-reply';
  readonly hint: string | undefined;
  constructor(code: ConnectionError['code'], message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
