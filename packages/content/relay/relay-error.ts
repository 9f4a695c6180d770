/** A relay can't do what it is for; messages say what to do. */
export class RelayError extends Error {
  readonly code: 'bad-database' | 'unreachable' | 'refused' | 'malformed';
  constructor(code: RelayError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RelayError';
    this.code = code;
  }
}
