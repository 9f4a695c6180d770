import type { Problem } from '@thimble/protocol';
import { ProblemError } from '../api/client.ts';

/** What a reader is told of a failure; a bug of the console itself gets a problem's shape too. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    type: 'about:blank',
    title: 'The console failed',
    status: 500,
    code: 'console-bug',
    side: 'host',
    detail: error instanceof Error ? error.message : String(error),
    hint: 'Load the page again. If it stays so, report it with the text above.',
  };
}
