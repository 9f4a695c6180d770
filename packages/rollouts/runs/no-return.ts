import type { OrderStage } from '@thimble/protocol';
import type { OrderFacts } from './facts.ts';

const PAST: ReadonlySet<OrderStage> = new Set([
  'installing',
  'restarting-services',
  'rebooting',
  'verifying',
  'checking',
  'finished',
]);

/**
 * Whether the endpoint has said that it is past the point of no return of an order. It may be there without having said so yet:
 * then it ignores that it is asked to stop, and its outcome tells.
 */
export function isPastNoReturn({ progress }: Pick<OrderFacts, 'progress'>): boolean {
  return progress !== null && PAST.has(progress.stage);
}
