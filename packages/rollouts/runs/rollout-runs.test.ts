import { describe, expect, test } from 'vitest';
import { advanceRun, advanceTarget, type RunFacts, type TargetFacts } from './index.ts';
import { applied, APPROVED, DIGEST, MINUTE, NOW, order, PLAN, RUN, target } from './test-facts.ts';

const ROLLOUT: RunFacts = { ...APPROVED, rollout: 'under-way' };
const look = (facts: TargetFacts, run: RunFacts = ROLLOUT) => advanceTarget(facts, run, NOW);
const TRIED = order('trial', 2, { result: { kind: 'tried', verdict: 'failed', message: 'postinst of web' } });

describe('a trial', () => {
  test('is ordered once for the planned transaction', () => {
    expect(look(target([PLAN], { request: 'trial' })).actions).toEqual([
      { kind: 'issue-trial-order', endpointId: 'endpoint-1', planOrderId: 'order-1', transactionDigest: DIGEST },
      { kind: 'clear-request', endpointId: 'endpoint-1' },
    ]);
    expect(look(target([PLAN, order('trial', 2)])).actions).toEqual([]);
  });

  test('changes nothing on the endpoint, so its plan stays, and its words say how it ended', () => {
    expect(look(target([PLAN, TRIED]), RUN).report).toMatchObject({
      state: 'planned',
      needsApproval: true,
      explanation: 'waits for approval: 2 changes; its trial failed: postinst of web',
      actions: ['retry', 'cancel'],
    });
  });

  test('that failed can be had anew with a new plan', () => {
    expect(look(target([PLAN, TRIED], { request: 'retry' })).actions).toMatchObject([
      { kind: 'issue-plan-order' },
      { kind: 'clear-request' },
    ]);
  });

  test('that is under way gives way to what is approved', () => {
    expect(look(target([PLAN, order('trial', 2)], { approvedDigest: DIGEST })).actions).toEqual([
      { kind: 'stop-order', endpointId: 'endpoint-1', orderId: 'order-2' },
    ]);
  });
});

describe('a run of a rollout', () => {
  test('waits for nobody’s approval of transactions', () => {
    expect(look(target([PLAN])).report).toMatchObject({
      needsApproval: false,
      explanation: 'planned: 2 changes; its rollout says when',
    });
    expect(advanceRun({ run: ROLLOUT, targets: [target([PLAN])] }, NOW).report.state).toBe('running');
  });

  test('orders what is approved until the approval’s window is too short, and not after', () => {
    const inTime = { approvedDigest: DIGEST, startBeforeMs: NOW + MINUTE };
    expect(look(target([PLAN], inTime)).actions).toMatchObject([{ kind: 'issue-apply-order' }]);
    const late = { approvedDigest: DIGEST, startBeforeMs: NOW };
    expect(look(target([PLAN], late))).toMatchObject({ actions: [], report: { underWay: false } });
  });

  test('keeps whoever is stopped, because a halt can be lifted', () => {
    const stopped = look(target([PLAN, order('trial', 2)], { request: 'cancel' }));
    expect(stopped.actions.map(({ kind }) => kind)).toEqual(['stop-order', 'clear-request']);
    expect(look(target([PLAN], { request: 'cancel' })).actions.map(({ kind }) => kind)).toEqual(['clear-request']);
  });

  test('may reboot what is effective already, where the policy says always, and in its window alone', () => {
    const effective = target([PLAN, order('apply', 2, { result: applied() })]);
    expect(look({ ...effective, request: 'reboot' }).actions).toMatchObject([
      { kind: 'issue-reboot-order' },
      { kind: 'clear-request' },
    ]);
    const late = { ...effective, request: 'reboot', startBeforeMs: NOW } as const;
    expect(look(late).actions.map(({ kind }) => kind)).toEqual(['clear-request']);
    expect(look({ ...effective, request: 'reboot' }, APPROVED).actions).toMatchObject([{ kind: 'clear-request' }]);
  });
});
