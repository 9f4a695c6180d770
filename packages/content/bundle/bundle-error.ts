/** A bundle of content can't be written or taken. What is there stays; the same command goes on where it stopped. */
export class ContentBundleError extends Error {
  readonly code: 'not-a-bundle' | 'bundle-not-trusted' | 'bundle-incomplete' | 'bundle-damaged';
  readonly hint: string;
  constructor(code: ContentBundleError['code'], message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ContentBundleError';
    this.code = code;
    this.hint = hint;
  }
}
