import type { Problem } from '@thimble/protocol';

/**
 * The server did not do what was asked, or nobody knows whether it did.
 * `unreachable` no whole reply · `untrusted` not the pinned server · `busy` try later (408, 425, 429, 5xx) ·
 * `removed` this endpoint was removed (410) · `refused` anything else, see `problem` ·
 * `bad-reply` not what the protocol says · `aborted` the caller stopped it
 */
export class ServerFailure extends Error {
  readonly code: 'unreachable' | 'untrusted' | 'busy' | 'removed' | 'refused' | 'bad-reply' | 'aborted';
  readonly status: number | null;
  readonly problem: Problem | null;
  /** What `Retry-After` says; null: nothing. */
  readonly retryAfterMs: number | null;

  constructor(
    code: ServerFailure['code'],
    message: string,
    detail: {
      readonly status?: number;
      readonly problem?: Problem | null;
      readonly retryAfterMs?: number | null;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: detail.cause });
    this.code = code;
    this.status = detail.status ?? null;
    this.problem = detail.problem ?? null;
    this.retryAfterMs = detail.retryAfterMs ?? null;
  }
}
