import type { OrderFacts, ResultFacts, RunFacts, TargetFacts } from './index.ts';
import { advanceTarget, memberProgress } from './index.ts';
import { applied, APPROVED, DIGEST, MINUTE, NOW, order, PLAN, REBOOT, target } from './test-facts.ts';
import { describe, expect, it } from 'vitest';

const refused = (code: 'halted' | 'approval-missing' | 'disk-full'): ResultFacts => ({
  kind: 'refused',
  code,
  message: 'not now',
});
/** A history in which the endpoint refused an order of this kind so often. */
const turnedAway = (
  kind: OrderFacts['kind'],
  times: number,
  code: 'halted' | 'approval-missing' | 'disk-full' = 'halted',
  before: readonly OrderFacts[] = [PLAN],
): OrderFacts[] => [
  ...before,
  ...Array.from({ length: times }, (_, at) =>
    order(kind, before.length + 1 + at, { result: refused(code), resultAtMs: NOW - MINUTE, transactionDigest: DIGEST }),
  ),
];
const advance = (orders: readonly OrderFacts[], rest: Partial<TargetFacts> = {}, run: RunFacts = APPROVED) =>
  advanceTarget(target(orders, { approvedDigest: DIGEST, ...rest }), run, NOW);
const waits = order('apply', 2, { result: applied({ effective: false, waits: [REBOOT] }), transactionDigest: DIGEST });

describe('an order that the endpoint refused only for now', () => {
  it.each(['halted', 'approval-missing'] as const)('is given again when it was %s', (code) => {
    const { actions, report } = advance(turnedAway('apply', 1, code));
    expect(actions).toMatchObject([{ kind: 'issue-apply-order', planOrderId: PLAN.id, transactionDigest: DIGEST }]);
    expect(report).toMatchObject({ state: 'planned', explanation: expect.stringContaining('is given again') });
  });

  it.each<[string, readonly OrderFacts[], string]>([
    ['a plan', turnedAway('plan', 1, 'halted', []), 'issue-plan-order'],
    ['a trial', turnedAway('trial', 1), 'issue-trial-order'],
    ['a reboot', turnedAway('reboot', 1, 'halted', [PLAN, waits]), 'issue-reboot-order'],
    ['a way back', turnedAway('rollback', 1, 'halted', [PLAN, waits]), 'issue-rollback-order'],
  ])('is given again: %s', (_, orders, kind) => {
    const { actions, report } = advance(orders, { approvedDigest: null });
    expect(actions).toMatchObject([{ kind }]);
    expect(report.underWay).toBe(true);
  });

  it('waits until the endpoint can have heard that it is over, and is looked at again', () => {
    const orders = turnedAway('apply', 1).map((each) => ({ ...each, resultAtMs: NOW - 1 }));
    expect(advance(orders)).toMatchObject({ actions: [], report: { underWay: true } });
  });

  it('waits while the stop holds', () => {
    expect(advance(turnedAway('apply', 1), {}, { ...APPROVED, halted: 'a drill' })).toMatchObject({
      actions: [],
      report: { approvers: { kind: 'halted' } },
    });
  });

  it('is given again three times and no more', () => {
    expect(advance(turnedAway('apply', 3)).actions).toHaveLength(1);
    expect(advance(turnedAway('apply', 4))).toMatchObject({ actions: [], report: { state: 'refused' } });
  });

  it('is not given again in a run that was cancelled, or when it was refused for good', () => {
    expect(advance(turnedAway('apply', 1), {}, { ...APPROVED, cancelRequested: true })).toMatchObject({
      actions: [],
      report: { state: 'cancelled' },
    });
    expect(advance(turnedAway('plan', 1, 'halted', []), { dropped: 'cancelled' })).toMatchObject({
      actions: [],
      report: { state: 'cancelled', underWay: false },
    });
    expect(advance(turnedAway('apply', 1, 'disk-full'))).toMatchObject({ actions: [], report: { state: 'refused' } });
  });

  it('is no failure of a rollout’s member, which is let install again', () => {
    const run: RunFacts = { ...APPROVED, rollout: 'under-way' };
    expect(memberProgress(target(turnedAway('apply', 2)), run, NOW)).toMatchObject({ kind: 'planned' });
    expect(memberProgress(target(turnedAway('apply', 4)), run, NOW)).toMatchObject({ kind: 'failed', attempts: 1 });
  });
});
