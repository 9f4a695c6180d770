import type { OrderKind } from '@thimble/protocol';
import type { AmountOf, ResultFacts, VerificationFacts } from '@thimble/rollouts';
import type { Scenario, ScenarioEndpoint } from '../scenario/scenario.ts';
import type { WorldEvent } from '../world-event.ts';

/** One order as its issuer and its recorder told of it. */
export interface LedgerOrder {
  readonly orderId: string;
  readonly endpointId: string;
  readonly order: OrderKind;
  readonly digest: string | null;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  fetched: boolean;
  result: ResultFacts | null;
  closed: boolean;
  endedAtMs: number | null;
}

/** What checkers know of orders: from what was told, in terms of their own. */
export interface Ledger {
  see(event: WorldEvent, atMs: number): void;
  order(orderId: string): LedgerOrder | undefined;
  ordersOf(endpointId: string): readonly LedgerOrder[];
  members(ring: number): readonly ScenarioEndpoint[];
  endpoint(endpointId: string): ScenarioEndpoint | undefined;
  /** Heard of so recently that it counts as being there. */
  isOnline(endpointId: string, nowMs: number): boolean;
  /** An order that changes it is out and may still be done, or is being done. */
  isBusy(endpointId: string, nowMs: number): boolean;
  /** What its newest change came to, as it was recorded. */
  end(endpointId: string, nowMs: number): 'nothing' | 'patched' | 'failed' | 'rolled-back';
  lastChangeMs(ring: number): number;
}

const CHANGES: ReadonlySet<OrderKind> = new Set(['apply', 'rollback', 'reboot', 'restart-services']);
const MISSED_CHECK_INS = 3;
/** From its expiry until an order that was fetched and never answered has failed, as nobody knows what it did. */
const ANSWERED_WITHIN_MS = 6 * 3_600_000;

export function createLedger({ endpoints, checkInIntervalMs }: Scenario): Ledger {
  const orders = new Map<string, LedgerOrder>();
  const byEndpoint = new Map<string, LedgerOrder[]>(endpoints.map(({ id }) => [id, []]));
  const heardMs = new Map<string, number>();
  const known = new Map(endpoints.map((each) => [each.id, each]));

  function see(event: WorldEvent, atMs: number): void {
    switch (event.kind) {
      case 'heard':
        heardMs.set(event.endpointId, atMs);
        return;
      case 'issued': {
        const { orderId, endpointId, order, digest, expiresAtMs } = event;
        const ends = { fetched: false, result: null, closed: false, endedAtMs: null };
        const entry: LedgerOrder = { orderId, endpointId, order, digest, issuedAtMs: atMs, expiresAtMs, ...ends };
        orders.set(orderId, entry);
        byEndpoint.get(endpointId)?.push(entry);
        return;
      }
      case 'fetched':
      case 'closed':
      case 'recorded': {
        const order = orders.get(event.orderId);
        if (order === undefined) return;
        if (event.kind === 'fetched') order.fetched = true;
        else order.endedAtMs = atMs;
        if (event.kind === 'closed') order.closed = true;
        if (event.kind === 'recorded') order.result = event.result;
        return;
      }
      default:
    }
  }

  function ordersOf(endpointId: string): readonly LedgerOrder[] {
    return byEndpoint.get(endpointId) ?? [];
  }

  return {
    see,
    ordersOf,
    order: (orderId) => orders.get(orderId),
    members: (ring) => endpoints.filter((each) => each.ring === ring),
    endpoint: (endpointId) => known.get(endpointId),
    isOnline: (endpointId, nowMs) =>
      nowMs - (heardMs.get(endpointId) ?? -Infinity) <= MISSED_CHECK_INS * checkInIntervalMs,
    isBusy: (endpointId, nowMs) =>
      ordersOf(endpointId).some(
        ({ order, result, closed, fetched, expiresAtMs }) =>
          CHANGES.has(order) && result === null && !closed && nowMs <= expiresAtMs + (fetched ? ANSWERED_WITHIN_MS : 0),
      ),
    end: (endpointId, nowMs) => endOf(ordersOf(endpointId), nowMs),
    lastChangeMs: (ring) =>
      Math.max(
        -Infinity,
        ...endpoints
          .filter((each) => each.ring === ring)
          .flatMap(({ id }) => ordersOf(id))
          .filter(({ order, result }) => order === 'apply' && (result?.kind === 'applied' || result?.kind === 'failed'))
          .map(({ endedAtMs }) => endedAtMs ?? -Infinity),
      ),
  };
}

function endOf(orders: readonly LedgerOrder[], nowMs: number): ReturnType<Ledger['end']> {
  let end: ReturnType<Ledger['end']> = 'nothing';
  for (const { order, result, closed, fetched, expiresAtMs } of orders) {
    // Whoever is asked anew begins anew.
    if (order === 'plan') end = 'nothing';
    if (!CHANGES.has(order)) continue;
    if (result === null) {
      if (fetched && (closed || nowMs > expiresAtMs + ANSWERED_WITHIN_MS)) end = 'failed';
    } else if (result.kind === 'failed') end = 'failed';
    else if (result.kind === 'applied' || result.kind === 'rebooted') {
      if (isDamaged(result.verification)) end = 'failed';
      else end = order === 'rollback' ? 'rolled-back' : 'patched';
    }
  }
  return end;
}

function isDamaged({
  effective,
  waits,
  brokenPackages,
  newlyFailedUnits,
  wrongVersionCount,
}: VerificationFacts): boolean {
  if (brokenPackages.length + newlyFailedUnits.length + wrongVersionCount > 0) return true;
  return !effective && waits.length === 0;
}

/** A share is rounded up, and one at least unless it is none. */
export function allowed(amount: AmountOf, of: number): number {
  if (amount.kind === 'count') return amount.count;
  return amount.percent === 0 ? 0 : Math.max(1, Math.ceil((of * amount.percent) / 100));
}
