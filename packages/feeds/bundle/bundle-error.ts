export type BundleErrorCode =
  /** It is no bundle, or of a version that is not known. */
  | 'not-a-bundle'
  /** Nobody who is trusted signed it. */
  | 'bundle-not-trusted'
  /** Its content is not what was signed, or it is cut off. */
  | 'bundle-damaged'
  /** More than any bundle has. */
  | 'bundle-too-large'
  /** Everything in it is older than what is there. */
  | 'bundle-older';

/** A bundle can't be imported. Nothing was changed. */
export class BundleError extends Error {
  readonly code: BundleErrorCode;
  readonly hint: string;
  constructor(code: BundleErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BundleError';
    this.code = code;
    this.hint = hint;
  }
}

export function damaged(message: string, cause?: unknown): BundleError {
  return new BundleError('bundle-damaged', message, 'Copy it again, or export it again. Nothing was changed.', {
    cause,
  });
}
