import { describe, expect, test } from 'vitest';
import { advanceRun, advanceTarget, type ResultFacts, type RunFacts, type TargetFacts } from './index.ts';
import { APPROVED, DIGEST, MINUTE, NOW, order, planned, RUN, target } from './test-facts.ts';

const SNAPSHOT = 'snapshot-1';
const FROZEN = { ...RUN, snapshotId: SNAPSHOT };
const FROZEN_APPROVED = { ...APPROVED, snapshotId: SNAPSHOT };
const PLAN = order('plan', 1, { result: { ...planned, snapshotId: SNAPSHOT } });
const RECALLED = ['openssl 3.0.22-1 (breaks TLS 1.2)'];
const look = (facts: TargetFacts, run: RunFacts = FROZEN) => advanceTarget(facts, run, NOW);

describe('a run from a snapshot', () => {
  test.each([
    ['no snapshot at all', undefined],
    ['another snapshot', 'snapshot-2'],
  ])('a plan from %s is none, and its words say what to do', (_what, snapshotId) => {
    const result: ResultFacts = { ...planned, ...(snapshotId === undefined ? {} : { snapshotId }) };
    const { report, actions } = look(target([order('plan', 1, { result })]));
    expect(report).toMatchObject({
      state: 'plan-failed',
      explanation:
        'the endpoint did not plan from the snapshot of this run: its agent is too old for snapshots; update the agent, then retry',
      actions: ['retry'],
      transactionDigest: null,
    });
    expect(actions).toEqual([]);
  });

  test('nothing to do counts only when it is said of the snapshot', () => {
    const old = look(target([order('plan', 1, { result: { ...planned, changeCount: 0 } })]));
    expect(old.report.state).toBe('plan-failed');
    const now = look(target([order('plan', 1, { result: { ...planned, changeCount: 0, snapshotId: SNAPSHOT } })]));
    expect(now.report.state).toBe('nothing-to-do');
  });

  test('a plan from a snapshot is none in a run for the endpoints’ own repositories', () => {
    expect(look(target([PLAN]), RUN).report).toMatchObject({ state: 'plan-failed', actions: ['retry'] });
  });
});

describe('fetching ahead', () => {
  test('is offered with a plan from a snapshot and nowhere else', () => {
    expect(look(target([PLAN])).report.actions).toEqual(['pre-stage', 'trial', 'cancel']);
    expect(look(target([order('plan', 1, { result: planned })]), RUN).report.actions).toEqual(['trial', 'cancel']);
  });

  test('is ordered once for the planned transaction', () => {
    const { actions } = look(target([PLAN], { request: 'pre-stage' }));
    expect(actions).toEqual([
      { kind: 'issue-pre-stage-order', endpointId: 'endpoint-1', planOrderId: 'order-1', transactionDigest: DIGEST },
      { kind: 'clear-request', endpointId: 'endpoint-1' },
    ]);
  });

  test('shows how far it is and leaves the approval open', () => {
    const progress = { stage: 'downloading', percent: 40, message: 'libssl3' } as const;
    const facts = target([PLAN, order('pre-stage', 2, { progress })]);
    expect(look(facts).report).toMatchObject({
      state: 'planned',
      needsApproval: true,
      underWay: true,
      explanation: 'waits for approval: 2 changes; fetching ahead: downloading 40 %: libssl3',
      actions: ['cancel'],
    });
    expect(advanceRun({ run: FROZEN, targets: [facts] }, NOW).report.state).toBe('awaiting-approval');
  });

  test('ends with its bytes, and is not offered again', () => {
    const done = order('pre-stage', 2, { result: { kind: 'pre-staged', fetchedBytes: 1234, fromRelayBytes: 0 } });
    expect(look(target([PLAN, done])).report).toMatchObject({
      state: 'planned',
      explanation: 'waits for approval: 2 changes; pre-staged, 1234 bytes',
      actions: ['trial', 'cancel'],
    });
  });

  test('that failed is shown, harms nothing and can be asked for again', () => {
    const result = {
      kind: 'refused',
      code: 'snapshot-unavailable',
      message: 'no relay and no server answered',
    } as const;
    const facts = target([PLAN, order('pre-stage', 2, { result })]);
    expect(look(facts).report).toMatchObject({
      state: 'planned',
      needsApproval: true,
      explanation: 'waits for approval: 2 changes; fetching ahead refused: no relay and no server answered',
      actions: ['pre-stage', 'trial', 'cancel'],
    });
    expect(look({ ...facts, approvedDigest: DIGEST }, FROZEN_APPROVED).actions).toMatchObject([
      { kind: 'issue-apply-order', planOrderId: 'order-1' },
    ]);
  });

  test('gives way to what is approved', () => {
    const facts = target([PLAN, order('pre-stage', 2)], { approvedDigest: DIGEST });
    expect(look(facts, FROZEN_APPROVED).actions).toEqual([
      { kind: 'stop-order', endpointId: 'endpoint-1', orderId: 'order-2' },
    ]);
    const waiting = { ...facts, busyWith: { kind: 'apply', runName: 'other' } } as const;
    expect(look(waiting, FROZEN_APPROVED).actions).toEqual([]);
  });

  test('of an endpoint that never fetched the order ends by itself', () => {
    const late = order('pre-stage', 2, { deliveredAtMs: null, expiresAtMs: NOW - MINUTE });
    expect(look(target([PLAN, late])).actions).toEqual([
      { kind: 'close-order', endpointId: 'endpoint-1', orderId: 'order-2', reason: 'expired' },
    ]);
  });
});

describe('a recalled version', () => {
  const blocked = { ...PLAN, blocked: RECALLED };

  test('in a plan: nothing is ordered, approved or not, and a new plan can be asked for', () => {
    for (const approvedDigest of [null, DIGEST]) {
      const { actions, report } = look(target([blocked], { approvedDigest }), FROZEN_APPROVED);
      expect(actions).toEqual([]);
      expect(report).toMatchObject({
        state: 'planned',
        needsApproval: true,
        explanation: 'blocked: openssl 3.0.22-1 (breaks TLS 1.2) in its plan; retry asks for a plan without',
        actions: ['retry', 'cancel'],
      });
    }
    expect(look(target([blocked], { request: 'retry' })).actions).toMatchObject([
      { kind: 'issue-plan-order' },
      { kind: 'clear-request' },
    ]);
  });

  test('in an order that is not past its point of no return: it is stopped', () => {
    for (const progress of [null, { stage: 'downloading', percent: 1, message: '' } as const])
      expect(look(target([blocked, order('apply', 2, { blocked: RECALLED, progress })])).actions).toEqual([
        { kind: 'stop-order', endpointId: 'endpoint-1', orderId: 'order-2' },
      ]);
  });

  test('in an order past it: it goes on, and its words say so', () => {
    const progress = { stage: 'installing', percent: 10, message: '' } as const;
    const { actions, report } = look(target([blocked, order('apply', 2, { blocked: RECALLED, progress })]));
    expect(actions).toEqual([]);
    expect(report.explanation).toBe(
      'installing 10 %; recalled meanwhile: openssl 3.0.22-1 (breaks TLS 1.2), too late to stop it',
    );
  });

  test('that was stopped in time leaves nothing installed and can be planned again', () => {
    const stopped = order('apply', 2, { blocked: RECALLED, result: { kind: 'cancelled', stage: 'downloading' } });
    expect(look(target([blocked, stopped])).report).toMatchObject({
      state: 'cancelled',
      explanation:
        'cancelled before the point of no return: nothing was changed; recalled: openssl 3.0.22-1 (breaks TLS 1.2)',
      actions: ['retry'],
    });
  });

  test('does not keep anybody from going back', () => {
    const applied = order('apply', 2, {
      blocked: RECALLED,
      result: {
        kind: 'applied',
        keptCount: 1,
        verification: {
          effective: true,
          waits: [],
          wrongVersionCount: 0,
          brokenPackages: [],
          newlyFailedUnits: [],
          gapCount: 0,
          failedChecks: [],
        },
      },
    });
    expect(look(target([blocked, applied], { request: 'roll-back' })).actions).toMatchObject([
      { kind: 'issue-rollback-order', undoes: 'order-2' },
      { kind: 'clear-request' },
    ]);
  });
});
