import type { Checker } from './checker.ts';
import type { LedgerOrder } from './ledger.ts';

/** What is installed was planned by that endpoint for this rollout, tried where the policy demands it, and approved. */
export const approvalChecker: Checker = {
  name: 'approval',
  watch({ scenario, ledger, complain }) {
    const { policy } = scenario;
    const people = new Set<string>();
    const approved = new Set<string>();
    const planned = new Set<string>();
    const key = (endpointId: string, digest: string): string => `${endpointId} ${digest}`;

    return (event) => {
      if (event.kind === 'operator' && event.act.kind === 'approve' && event.act.ring === null)
        people.add(event.act.who);
      if (event.kind === 'recorded' && event.result.kind === 'planned')
        planned.add(key(event.endpointId, event.result.transactionDigest));
      if (event.kind === 'acted' && event.action.kind === 'apply') {
        const { endpointId, transactionDigest } = event.action;
        if (people.size < policy.approvals.required) complain(`${endpointId} is installed before people approved`);
        if (!planned.has(key(endpointId, transactionDigest))) complain(`${endpointId} installs what it never planned`);
        approved.add(key(endpointId, transactionDigest));
      }
      if (event.kind !== 'begun') return;
      const order = ledger.order(event.orderId);
      if (order?.order !== event.order || order.digest !== event.digest)
        complain(`${event.endpointId} installs what order ${event.orderId} does not say`);
      if (event.order === 'apply' && !approved.has(key(event.endpointId, event.digest)))
        complain(`${event.endpointId} installs what nobody approved`);
    };
  },
};

export const trialChecker: Checker = {
  name: 'trial',
  watch({ scenario, ledger, complain }) {
    return (event, nowMs) => {
      if (event.kind !== 'acted' || event.action.kind !== 'apply') return;
      const { endpointId, transactionDigest } = event.action;
      const ring = ledger.endpoint(endpointId)?.ring ?? 0;
      const rule = scenario.policy.rings[ring]?.trial;
      if (rule === undefined || rule.mode === 'none') return;
      const passedOf = (id: string, digest: string | null): boolean =>
        ledger
          .ordersOf(id)
          .some(
            ({ order, digest: tried, result }) =>
              order === 'trial' &&
              (digest === null || tried === digest) &&
              (result?.kind === 'tried' ? result.verdict === 'passed' : false),
          );
      const impossible = ledger
        .ordersOf(endpointId)
        .some((order) => order.order === 'trial' && hasNoVerdict(order, nowMs));
      if (passedOf(endpointId, transactionDigest) || (impossible && rule.whenImpossible === 'continue')) return;
      const proven = ledger
        .members(ring)
        .filter(({ id }) => passedOf(id, null) || ledger.end(id, nowMs) !== 'nothing' || wasTried(id, nowMs)).length;
      if (rule.mode === 'first' && proven >= rule.first) return;
      complain(`${endpointId} installs without the trial that ring ${scenario.policy.rings[ring]?.name} demands`);
    };

    /** A trial that ended somehow counts as done where the policy goes on without. */
    function wasTried(endpointId: string, nowMs: number): boolean {
      return ledger
        .ordersOf(endpointId)
        .some((order) => order.order === 'trial' && (order.result !== null || hasNoVerdict(order, nowMs)));
    }
  },
};

/** It ended without one, or was never heard of again. */
function hasNoVerdict({ result, closed, expiresAtMs }: LedgerOrder, nowMs: number): boolean {
  if (result === null) return closed || nowMs > expiresAtMs;
  return result.kind !== 'tried' || result.verdict === 'impossible';
}
