export type VersionErrorCode = 'unknown-scheme' | 'not-a-version' | 'not-comparable' | 'not-a-range';

/** What can't be parsed has no place in an order: a comparison never guesses. */
export class VersionError extends Error {
  readonly code: VersionErrorCode;
  readonly scheme: string;
  readonly version: string | null;
  constructor(code: VersionErrorCode, scheme: string, version: string | null, message: string) {
    super(message);
    this.name = 'VersionError';
    this.code = code;
    this.scheme = scheme;
    this.version = version;
  }
}
