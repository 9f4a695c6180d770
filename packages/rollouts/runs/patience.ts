import type { OrderKind } from '@thimble/protocol';
import type { OrderFacts, RunFacts, TargetFacts } from './facts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * How long an endpoint may take to start an order. Plans are cheap to ask for again; an apply waits for a machine that
 * is off over night; a reboot that comes half a day late would surprise its owner.
 */
const START_PATIENCE_MS: Readonly<Record<OrderKind, number>> = {
  scan: HOUR_MS,
  plan: HOUR_MS,
  apply: 12 * HOUR_MS,
  rollback: 12 * HOUR_MS,
  'restart-services': HOUR_MS,
  reboot: HOUR_MS,
  // Ahead of a window, often over night and at a low rate.
  'pre-stage': 12 * HOUR_MS,
  trial: HOUR_MS,
};

/** After this many missed check-ins an endpoint counts as silent. */
export const MISSED_CHECK_INS = 3;
/** A silent endpoint holds up a run's planning for at least this long, so that a reboot in between is forgiven. */
const SILENT_PLAN_MS = 2 * MINUTE_MS;
/** From an order's expiry until its outcome counts as unknown: the slowest dist-upgrade seen takes about three hours. */
const OUTCOME_PATIENCE_MS = 6 * HOUR_MS;

export function orderLifetimeMs(kind: OrderKind, checkInIntervalMs: number): number {
  return Math.max(START_PATIENCE_MS[kind], 4 * checkInIntervalMs);
}

/** Whether the endpoint missed so many check-ins that what is known of it may be wrong. */
export function isSilent(lastSeenAtMs: number | null, checkInIntervalMs: number, nowMs: number): boolean {
  return lastSeenAtMs === null || nowMs - lastSeenAtMs > MISSED_CHECK_INS * checkInIntervalMs;
}

export type Patience = 'waits' | 'give-up-silent' | 'give-up-expired' | 'lost';

/**
 * Whether an order without an outcome is still waited for. `give-up-…` orders have changed nothing for certain (never
 * fetched, or plans); `lost` ones may have: their end is unknown, which is never success.
 */
export function patienceWith(order: OrderFacts, target: TargetFacts, run: RunFacts, nowMs: number): Patience {
  const harmless = order.deliveredAtMs === null || order.kind === 'plan' || order.kind === 'scan';
  if (harmless && nowMs > order.expiresAtMs) return 'give-up-expired';
  if (
    order.kind === 'plan' &&
    isSilent(target.lastSeenAtMs, run.checkInIntervalMs, nowMs) &&
    nowMs - order.issuedAtMs > SILENT_PLAN_MS
  )
    return 'give-up-silent';
  if (!harmless && nowMs > order.expiresAtMs + OUTCOME_PATIENCE_MS) return 'lost';
  return 'waits';
}
