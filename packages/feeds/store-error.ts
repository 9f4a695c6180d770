export type AdvisoryStoreErrorCode =
  /** There is no database at that place. */
  | 'no-advisories'
  /** Somebody else is writing. */
  | 'advisories-locked'
  /** It was written by a newer Thimble. */
  | 'advisories-too-new'
  /** It is some other file, or its content can't be read any more. */
  | 'advisories-damaged';

/** The place where advisories are kept can't be used. */
export class AdvisoryStoreError extends Error {
  readonly code: AdvisoryStoreErrorCode;
  readonly hint: string;
  constructor(code: AdvisoryStoreErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AdvisoryStoreError';
    this.code = code;
    this.hint = hint;
  }
}
