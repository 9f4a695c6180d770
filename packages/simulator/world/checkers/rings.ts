import type { Checker } from './checker.ts';
import { allowed } from './ledger.ts';

/** A ring gets nothing before the one before it has passed, and none passes but by what was recorded of it. */
export const ringChecker: Checker = {
  name: 'rings',
  watch({ scenario, ledger, complain }) {
    const { rings } = scenario.policy;
    const passed = new Set<number>();
    const opened = new Map<number, number>();
    const skipped = new Set<number>();
    const approvals = new Map<number, Set<string>>();
    const nothingToDo = new Set<string>();

    function checkGate(ring: number, nowMs: number): void {
      const rule = rings[ring];
      if (rule === undefined || skipped.has(ring)) return;
      const filled = rings.map((_, each) => ledger.members(each).length > 0);
      if (!filled[ring] && filled.slice(0, ring).includes(true)) return;
      const members = ledger.members(ring).map(({ id }) => id);
      const ends = members.map((id) => ledger.end(id, nowMs));
      const failed = ends.filter((end) => end === 'failed' || end === 'rolled-back').length;
      const patched = ends.filter((end) => end === 'patched').length;
      const done = patched + members.filter((id) => nothingToDo.has(id) && ledger.end(id, nowMs) === 'nothing').length;
      const name = `ring ${rule.name}`;
      if (members.some((id) => ledger.isBusy(id, nowMs)))
        complain(`${name} passed while an endpoint of it was worked on`);
      if (failed > allowed(rule.gate.failuresAtMost, members.length))
        complain(`${name} passed with ${failed} failures`);
      if (failed > 0 && (100 * done) / (done + failed) < rule.gate.successAtLeastPercent)
        complain(`${name} passed with ${done} of ${done + failed}`);
      const soakedMs = nowMs - Math.max(ledger.lastChangeMs(ring), opened.get(ring) ?? nowMs);
      if (soakedMs < rule.soakMs) complain(`${name} passed after ${soakedMs} ms of soak`);
      if (!filled.slice(ring + 1).includes(true)) return;
      if (patched < rule.gate.patchedAtLeast) complain(`${name} passed with ${patched} patched`);
      if ((approvals.get(ring)?.size ?? 0) < rule.gate.approvals) complain(`${name} passed without its approvals`);
    }

    return (event, nowMs) => {
      if (event.kind === 'recorded' && event.result.kind === 'planned')
        if (event.result.changeCount === 0) nothingToDo.add(event.endpointId);
        else nothingToDo.delete(event.endpointId);
      if (event.kind === 'operator' && event.act.kind === 'skip-gate') skipped.add(event.act.ring);
      if (event.kind === 'operator' && event.act.kind === 'approve' && event.act.ring !== null)
        approvals.set(event.act.ring, (approvals.get(event.act.ring) ?? new Set()).add(event.act.who));
      if (event.kind === 'acted' && event.action.kind === 'pass-gate') {
        checkGate(event.action.ring, nowMs);
        passed.add(event.action.ring);
      }
      if (event.kind === 'acted' && event.action.kind === 'open-ring') {
        opened.set(event.action.ring, nowMs);
        checkBefore(event.action.ring, 'opened');
      }
      if (event.kind === 'issued')
        checkBefore(ledger.endpoint(event.endpointId)?.ring ?? 0, `got ${event.order} orders`);
    };

    function checkBefore(ring: number, what: string): void {
      for (let before = 0; before < ring; before += 1)
        if (!passed.has(before))
          complain(`ring ${rings[ring]?.name} ${what}, and ring ${rings[before]?.name} has not passed`);
    }
  },
};
