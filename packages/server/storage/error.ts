/** Why the database can't be used as it is. */
export class StorageError extends Error {
  readonly code:
    | 'unreachable'
    | 'too-old'
    | 'wrong-encoding'
    | 'migration-changed'
    | 'database-newer'
    | 'migration-failed'
    | 'role-missing'
    | 'not-isolated';
  constructor(code: StorageError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageError';
    this.code = code;
  }
}
