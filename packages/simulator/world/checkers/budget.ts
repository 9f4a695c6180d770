import type { RolloutAction } from '@thimble/rollouts';
import type { Checker } from './checker.ts';
import { allowed } from './ledger.ts';

const STARTS: ReadonlySet<RolloutAction['kind']> = new Set(['apply', 'reboot', 'restart-services']);

/** Never more of a group out, nor more of a ring worked on, than the policy says. */
export const budgetChecker: Checker = {
  name: 'budget',
  watch({ scenario, ledger, complain }) {
    const { policy, endpoints, budgetGroups } = scenario;
    // Those that the same plan began before: their orders are not out yet.
    let begun = new Set<string>();
    let begunAtMs = -Infinity;

    function checkBudgets(endpointId: string, groups: readonly number[], nowMs: number): void {
      for (const group of groups) {
        const { budget, name } = budgetGroups[group] ?? { budget: -1, name: '' };
        const rule = policy.budgets[budget];
        if (rule === undefined) continue;
        const members = endpoints.filter((each) => each.budgetGroups.includes(group)).map(({ id }) => id);
        const isOut = (id: string): boolean =>
          begun.has(id) || ledger.isBusy(id, nowMs) || ledger.end(id, nowMs) === 'failed';
        const out = members.filter((id) => isOut(id) && id !== endpointId).length + 1;
        const base = members.filter((id) => isOut(id) || ledger.isOnline(id, nowMs)).length;
        const atMost = allowed(rule.atMost, base);
        if (out > atMost) complain(`${out} of group ${name} are out, of ${base} at most ${atMost}`);
      }
    }

    function checkLanes(endpointId: string, ring: number, nowMs: number): void {
      const rule = policy.rings[ring];
      if (rule === undefined) return;
      const members = ledger.members(ring).map(({ id }) => id);
      const isBusy = (id: string): boolean => begun.has(id) || ledger.isBusy(id, nowMs);
      const busy = members.filter((id) => isBusy(id) && id !== endpointId).length + 1;
      const atMost = allowed(
        rule.atOnce,
        members.filter((id) => isBusy(id) || ledger.isOnline(id, nowMs) || ledger.end(id, nowMs) !== 'nothing').length,
      );
      if (busy > atMost) complain(`${busy} of ring ${rule.name} are worked on, at most ${atMost}`);
    }

    return (event, nowMs) => {
      if (event.kind === 'planned' || nowMs !== begunAtMs) begun = new Set();
      begunAtMs = nowMs;
      if (event.kind !== 'acted' || !STARTS.has(event.action.kind) || !('endpointId' in event.action)) return;
      const { endpointId } = event.action;
      const endpoint = ledger.endpoint(endpointId);
      if (endpoint === undefined) return;
      checkBudgets(endpointId, endpoint.budgetGroups, nowMs);
      checkLanes(endpointId, endpoint.ring, nowMs);
      begun.add(endpointId);
    };
  },
};
