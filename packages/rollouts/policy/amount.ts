import type { Amount } from '@thimble/protocol';
import type { AmountOf } from './policy.ts';

/** `3` or `10%`; what is neither counts as nothing, so that a caller who did not validate it lets nothing through. */
export function parseAmount(amount: Amount): AmountOf {
  if (typeof amount === 'number') return { kind: 'count', count: amount };
  return { kind: 'percent', percent: percentOf(amount) };
}

/** `95%` as a number. */
export function percentOf(word: string): number {
  const match = /^(\d{1,3})%$/.exec(word);
  return match === null ? 0 : Number(match[1]);
}
