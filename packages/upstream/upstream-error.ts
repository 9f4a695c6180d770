export type UpstreamErrorCode =
  /** Not what its packing demands: damaged or cut off. */
  | 'malformed'
  /** More bytes or files than the limits allow. */
  | 'too-large'
  /** Well-formed, but packed in a way that this code does not know. */
  | 'unsupported'
  /** No answer in time, a name that nobody knows, an answer that is none. Asking again at once would not help. */
  | 'unreachable'
  /** The connection failed or the transfer broke off: another attempt may do better. */
  | 'broken'
  /** An address that may not be asked. */
  | 'refused';

/** Somebody else's server, or what it sent, can't be used. Messages say what to do. */
export class UpstreamError extends Error {
  readonly code: UpstreamErrorCode;
  constructor(code: UpstreamErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UpstreamError';
    this.code = code;
  }
}
