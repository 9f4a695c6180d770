import type { OutcomeResult, RefusalCode } from '@thimble/protocol';

export type Refused = Extract<OutcomeResult, { kind: 'refused' }>;

/** Thrown at the point of no return, past the driver, by what keeps an installation from beginning. */
export class StoppedOrder extends Error {
  readonly result: Refused | Extract<OutcomeResult, { kind: 'cancelled' }>;
  constructor(result: StoppedOrder['result']) {
    super(`the order ends as ${result.kind}`);
    this.result = result;
  }
}

export function refusal(code: RefusalCode, message: string, logTail: readonly string[] = []): Refused {
  return { kind: 'refused', code, message: message.slice(0, 16_000), difference: null, logTail: [...logTail] };
}
