export type FeedErrorCode =
  /** Not what the format demands: truncated, of another type, not even text. */
  | 'malformed'
  /** More bytes, entries, depth or records than the limit. */
  | 'too-large'
  /** Well-formed, but of a version or kind that this code does not know. */
  | 'unsupported'
  /** No answer, or one that is no document (status, time limit, broken transfer). */
  | 'unreachable'
  /** A digest or signature that upstream states does not fit. */
  | 'not-authentic';

/** A document as a whole can't be used. The feed's last good state stays, and its page shows this. */
export class FeedError extends Error {
  readonly code: FeedErrorCode;
  constructor(code: FeedErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FeedError';
    this.code = code;
  }
}
