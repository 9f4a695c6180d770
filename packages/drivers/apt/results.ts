import type { OutcomeResult, TransactionDifference } from '@thimble/protocol';
import { LIMITS } from '@thimble/protocol';
import type { AptError } from './apt-errors.ts';

export type Refused = Extract<OutcomeResult, { kind: 'refused' }>;

export function refused(error: AptError, difference: TransactionDifference | null = null, log: string = ''): Refused {
  return {
    kind: 'refused',
    code: error.code,
    message: error.message.slice(0, 16_000),
    difference,
    logTail: logTail(log),
  };
}

/** The last lines of a log, each bounded, without control characters (progress bars, colours). */
export function logTail(log: string): string[] {
  return log
    .split('\n')
    .map((line) => line.replace(/\p{Cc}/gu, '').slice(0, 2_000))
    .filter((line) => line !== '')
    .slice(-Math.min(LIMITS.logTailLines, 100));
}
