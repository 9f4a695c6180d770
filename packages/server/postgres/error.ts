/** Why the embedded PostgreSQL can't run, in words that say what to do. */
export class PostgresError extends Error {
  readonly code:
    | 'no-binaries'
    | 'wrong-major'
    | 'no-tool'
    | 'no-user'
    | 'not-accessible'
    | 'initdb-failed'
    | 'start-failed'
    | 'orphan-stays';

  constructor(code: PostgresError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PostgresError';
    this.code = code;
  }
}
