import type { Checker } from './checker.ts';

/** An order has one recorded end, which stays; and passes its point of no return once. */
export const outcomeChecker: Checker = {
  name: 'one outcome',
  watch({ complain }) {
    const recorded = new Map<string, string>();
    const committed = new Set<string>();
    return (event) => {
      if (event.kind === 'recorded') {
        const before = recorded.get(event.orderId);
        if (before !== undefined) complain(`order ${event.orderId} has a second outcome`);
        recorded.set(event.orderId, event.print);
      }
      if (event.kind !== 'committed') return;
      if (committed.has(event.orderId)) complain(`order ${event.orderId} was begun twice`);
      committed.add(event.orderId);
    };
  },
};

/** Generations go up, on both sides, and nobody does what is older than what was decided on. */
export const generationChecker: Checker = {
  name: 'generations',
  watch({ complain }) {
    const issued = new Map<string, number>();
    const accepted = new Map<string, number>();
    const watermark = new Map<string, number>();
    const assigned = new Map<string, number>();
    return (event) => {
      if (event.kind === 'issued') {
        if (event.generation <= (issued.get(event.endpointId) ?? 0))
          complain(`generation ${event.generation} was signed again for ${event.endpointId}`);
        issued.set(event.endpointId, event.generation);
      }
      if (event.kind === 'accepted') {
        if (event.generation <= (accepted.get(event.endpointId) ?? 0))
          complain(`${event.endpointId} accepted generation ${event.generation} after a newer one`);
        accepted.set(event.endpointId, event.generation);
      }
      if (event.kind === 'watermark') {
        if (event.generation < (watermark.get(event.endpointId) ?? 0))
          complain(`the watermark of ${event.endpointId} went back to ${event.generation}`);
        watermark.set(event.endpointId, event.generation);
      }
      if (event.kind === 'planned')
        for (const { endpointId, generation } of event.plan.assignments) {
          if (generation < (assigned.get(endpointId) ?? 0))
            complain(`the assignment of ${endpointId} went back to generation ${generation}`);
          assigned.set(endpointId, generation);
        }
    };
  },
};

/** The same transaction of the same plan is not ordered twice. */
export const duplicateChecker: Checker = {
  name: 'no duplicate',
  watch({ ledger, complain }) {
    return (event, nowMs) => {
      if (event.kind !== 'issued') return;
      const open = ledger.ordersOf(event.endpointId).filter(({ order, result, closed, fetched, expiresAtMs }) => {
        if (result !== null || closed || (!fetched && expiresAtMs < nowMs)) return false;
        return order === event.order || (order !== 'pre-stage' && order !== 'trial');
      });
      const [first] = open;
      // What was never answered is waited for; its end is judged by the server's patience, long after it expired.
      if (first !== undefined && nowMs <= first.expiresAtMs)
        complain(`${event.endpointId} gets ${event.order} while ${first.order} ${first.orderId} is under way`);
    };
  },
};
