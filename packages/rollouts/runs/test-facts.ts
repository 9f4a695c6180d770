import type { OrderFacts, ResultFacts, RunFacts, TargetFacts, VerificationFacts } from './index.ts';

// Facts that tests start from: one endpoint that answers, and orders that were issued a minute ago.

export const NOW = Date.parse('2026-05-03T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DIGEST = 'd'.repeat(64);
export const RUN: RunFacts = { approved: false, cancelRequested: false, checkInIntervalMs: MINUTE, snapshotId: null };
export const APPROVED: RunFacts = { ...RUN, approved: true };

export const verification = (rest: Partial<VerificationFacts> = {}): VerificationFacts => ({
  effective: true,
  waits: [],
  wrongVersionCount: 0,
  brokenPackages: [],
  newlyFailedUnits: [],
  gapCount: 0,
  failedChecks: [],
  ...rest,
});
export const applied = (rest: Partial<VerificationFacts> = {}): ResultFacts => ({
  kind: 'applied',
  verification: verification(rest),
  keptCount: 1,
});
export const planned: Extract<ResultFacts, { kind: 'planned' }> = {
  kind: 'planned',
  transactionDigest: DIGEST,
  changeCount: 2,
};
export const order = (kind: OrderFacts['kind'], generation: number, rest: Partial<OrderFacts> = {}): OrderFacts => ({
  id: `order-${generation}`,
  kind,
  generation,
  issuedAtMs: NOW - MINUTE,
  expiresAtMs: NOW + HOUR,
  deliveredAtMs: NOW - MINUTE,
  cancelRequestedAtMs: null,
  closed: null,
  result: null,
  progress: null,
  blocked: [],
  ...rest,
});
export const target = (orders: readonly OrderFacts[], rest: Partial<TargetFacts> = {}): TargetFacts => ({
  endpointId: 'endpoint-1',
  hostname: 'web1',
  lastSeenAtMs: NOW - 1000,
  removed: false,
  approvedDigest: null,
  dropped: null,
  request: null,
  orders,
  busyWith: null,
  ...rest,
});
export const PLAN = order('plan', 1, { result: planned });
export const REBOOT = { kind: 'reboot', reason: 'kernel 6.1.0-40 installed, 6.1.0-37 running' } as const;
