/** Every failure of the lab itself. `code` is what a caller may branch on; the message is for people. */
export type LabErrorCode =
  | 'apt-sources'
  | 'base-failed'
  | 'boot-failed'
  | 'command-failed'
  | 'endpoint-state'
  | 'no-subnet'
  | 'output-too-long'
  | 'signature'
  | 'tools-missing'
  | 'upstream';

export class LabError extends Error {
  readonly code: LabErrorCode;

  constructor(code: LabErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.name = 'LabError';
    this.code = code;
  }
}
