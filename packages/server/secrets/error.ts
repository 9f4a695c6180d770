export type SecretsErrorCode =
  | 'not-sealed'
  | 'unknown-key'
  | 'damaged'
  | 'bad-secrets-key'
  | 'secrets-key-ambiguous'
  | 'secrets-key-missing'
  | 'secrets-key-differs'
  | 'secrets-key-single'
  | 'secrets-key-command-failed';

export class SecretsError extends Error {
  readonly code: SecretsErrorCode;
  constructor(code: SecretsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SecretsError';
    this.code = code;
  }
}
