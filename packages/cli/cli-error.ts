import { EXIT } from './exit-codes.ts';

/** An expected failure: shown as its message and a hint of what to do, never with a stack trace. */
export class CliError extends Error {
  /** For programs (`--json`): kebab-case. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: number;
  constructor(
    code: string,
    message: string,
    options: { readonly hint?: string | undefined; readonly exitCode?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT.failure;
  }
}

export function usageError(message: string, hint?: string): CliError {
  return new CliError('usage', message, { hint, exitCode: EXIT.usage });
}
