import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  advanceRun,
  advanceTarget,
  projectTarget,
  type OrderFacts,
  type ResultFacts,
  type RunFacts,
  type TargetFacts,
} from './index.ts';
import { NOW, MINUTE, HOUR, DIGEST, order, target, REBOOT } from './test-facts.ts';

const anyVerification = fc.record({
  effective: fc.boolean(),
  waits: fc.subarray([REBOOT, { kind: 'service-restart' as const, unit: null, reason: 'a shell' }]),
  wrongVersionCount: fc.nat(1),
  brokenPackages: fc.subarray(['dpkg']),
  newlyFailedUnits: fc.subarray(['a.service']),
  gapCount: fc.nat(1),
  failedChecks: fc.subarray(['tcp 443: refused']),
});
const anyResult: fc.Arbitrary<ResultFacts> = fc.oneof(
  fc.constant<ResultFacts>({ kind: 'scanned' }),
  fc.record({
    kind: fc.constant('planned' as const),
    transactionDigest: fc.constantFrom(DIGEST, 'e'.repeat(64)),
    changeCount: fc.nat(2),
    snapshotId: fc.constantFrom('snapshot-1', 'snapshot-2'),
  }),
  fc.constant<ResultFacts>({ kind: 'planned', transactionDigest: DIGEST, changeCount: 2 }),
  fc.constant<ResultFacts>({ kind: 'pre-staged', fetchedBytes: 10, fromRelayBytes: 5 }),
  fc.constant<ResultFacts>({ kind: 'tried', verdict: 'failed', message: 'postinst' }),
  fc.record({ kind: fc.constant('applied' as const), verification: anyVerification, keptCount: fc.nat(1) }),
  fc.record({ kind: fc.constant('rebooted' as const), verification: anyVerification }),
  fc.constant<ResultFacts>({ kind: 'refused', code: 'disk-full', message: '' }),
  fc.constant<ResultFacts>({ kind: 'refused', code: 'halted', message: '' }),
  fc.constant<ResultFacts>({
    kind: 'failed',
    code: 'internal',
    message: '',
    stage: 'installing',
    verification: null,
    keptCount: 1,
  }),
  fc.constant<ResultFacts>({ kind: 'cancelled', stage: 'downloading' }),
);
const time = fc.integer({ min: NOW - 48 * HOUR, max: NOW });
/** Histories as the database can hold them: only the newest order may be open. */
const anyOrders = fc
  .array(
    fc.record({
      kind: fc.constantFrom<OrderFacts['kind']>(
        'plan',
        'pre-stage',
        'trial',
        'apply',
        'reboot',
        'restart-services',
        'rollback',
      ),
      result: fc.option(anyResult),
      closed: fc.option(
        fc.record({ reason: fc.constantFrom('cancelled' as const, 'silent' as const, 'expired' as const), atMs: time }),
      ),
      issuedAtMs: time,
      delivered: fc.boolean(),
      cancelled: fc.boolean(),
      blocked: fc.subarray(['openssl 3.0.22-1']),
      stage: fc.option(fc.constantFrom('downloading' as const, 'installing' as const)),
    }),
    { maxLength: 5 },
  )
  .map((orders) =>
    orders.map(({ kind, result, closed, issuedAtMs, delivered, cancelled, blocked, stage }, index) => {
      const open = index === orders.length - 1;
      return order(kind, index + 1, {
        result: result ?? null,
        closed: closed ?? (result === null && !open ? { reason: 'silent', atMs: NOW } : null),
        issuedAtMs,
        expiresAtMs: issuedAtMs + HOUR,
        deliveredAtMs: delivered || result !== null ? issuedAtMs : null,
        cancelRequestedAtMs: cancelled ? issuedAtMs : null,
        blocked,
        progress: stage === null ? null : { stage, percent: null, message: '' },
      });
    }),
  );
const anyTarget: fc.Arbitrary<TargetFacts> = fc
  .record({
    orders: anyOrders,
    lastSeenAtMs: fc.option(time),
    removed: fc.boolean(),
    approvedDigest: fc.option(fc.constant(DIGEST)),
    startBeforeMs: fc.option(fc.constantFrom(NOW, NOW + HOUR)),
    dropped: fc.option(fc.constantFrom('not-approved' as const, 'cancelled' as const)),
    request: fc.option(
      fc.constantFrom(
        'cancel' as const,
        'retry' as const,
        'roll-back' as const,
        'reboot' as const,
        'restart-services' as const,
        'pre-stage' as const,
        'trial' as const,
      ),
    ),
    busyWith: fc.option(fc.constant({ kind: 'apply' as const, runName: 'other' })),
  })
  .map((facts) => target(facts.orders, facts));
const anyRun = fc.record({
  approved: fc.boolean(),
  cancelRequested: fc.boolean(),
  checkInIntervalMs: fc.constant(MINUTE),
  snapshotId: fc.option(fc.constant('snapshot-1')),
  rollout: fc.option(fc.constantFrom('under-way' as const, 'over' as const)),
});

/** What the server does with each action, on the facts alone. */
function done(facts: TargetFacts, run: RunFacts): TargetFacts {
  return advanceTarget(facts, run, NOW).actions.reduce((before, action): TargetFacts => {
    const issue = (kind: OrderFacts['kind']): TargetFacts => ({
      ...before,
      ...(kind === 'plan' ? { dropped: null } : {}),
      orders: [
        ...before.orders,
        order(kind, before.orders.length + 1, {
          id: `issued-${before.orders.length}`,
          issuedAtMs: NOW,
          deliveredAtMs: null,
        }),
      ],
    });
    const change = (orderId: string, rest: Partial<OrderFacts>): TargetFacts => ({
      ...before,
      orders: before.orders.map((each) => (each.id === orderId ? { ...each, ...rest } : each)),
    });
    switch (action.kind) {
      case 'issue-plan-order':
        return issue('plan');
      case 'issue-pre-stage-order':
        return issue('pre-stage');
      case 'issue-trial-order':
        return issue('trial');
      case 'issue-apply-order':
        return issue('apply');
      case 'issue-reboot-order':
        return issue('reboot');
      case 'issue-restart-order':
        return issue('restart-services');
      case 'issue-rollback-order':
        return issue('rollback');
      case 'stop-order': {
        const stopped = before.orders.find(({ id }) => id === action.orderId);
        const closed = stopped?.deliveredAtMs === null ? { reason: 'cancelled' as const, atMs: NOW } : null;
        return change(action.orderId, { cancelRequestedAtMs: NOW, closed });
      }
      case 'close-order':
        return change(action.orderId, { closed: { reason: action.reason, atMs: NOW } });
      case 'drop-target':
        return { ...before, dropped: before.dropped ?? action.reason };
      case 'clear-request':
        return { ...before, request: null };
    }
  }, facts);
}

describe('for every history', () => {
  test('doing what is planned comes to an end: then planning again changes nothing', () => {
    fc.assert(
      fc.property(anyTarget, anyRun, (facts, run) => {
        let after = facts;
        for (let round = 0; round < 4; round += 1) after = done(after, run);
        // Only a wish that waits for another run's order may remain, and it asks for nothing.
        expect(advanceTarget(after, run, NOW).actions).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('every target has an explanation, and its state is one of the protocol’s', () => {
    fc.assert(
      fc.property(anyTarget, anyRun, (facts, run) => {
        const { report } = advanceTarget(facts, run, NOW);
        expect(report.explanation.length).toBeGreaterThan(5);
        expect(report.explanation).not.toMatch(/undefined|null|NaN/);
      }),
      { numRuns: 2000 },
    );
  });

  test('nothing is installed that was not approved, and nothing before an approval', () => {
    fc.assert(
      fc.property(anyTarget, anyRun, (facts, run) => {
        for (const action of advanceTarget(facts, run, NOW).actions)
          if (action.kind === 'issue-apply-order') {
            expect(action.transactionDigest).toBe(facts.approvedDigest);
            const plan = facts.orders.find(({ id }) => id === action.planOrderId);
            expect(plan?.result).toMatchObject({ kind: 'planned', transactionDigest: facts.approvedDigest });
            expect(facts.startBeforeMs ?? NOW + 1).toBeGreaterThan(NOW);
            expect(facts.dropped).toBeNull();
            expect(run.cancelRequested).toBe(false);
          }
      }),
      { numRuns: 2000 },
    );
  });

  test('a target never has two orders under way', () => {
    fc.assert(
      fc.property(anyTarget, anyRun, (facts, run) => {
        let after = facts;
        for (let round = 0; round < 4; round += 1) {
          after = done(after, run);
          const open = after.orders.filter(({ result, closed }) => result === null && closed === null);
          expect(open.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('effective is said only of a verification that says so', () => {
    fc.assert(
      fc.property(anyTarget, anyRun, (facts, run) => {
        if (advanceTarget(facts, run, NOW).report.state !== 'effective') return;
        const proven = facts.orders.some(
          ({ result }) => (result?.kind === 'applied' || result?.kind === 'rebooted') && result.verification.effective,
        );
        expect(proven).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('what was recalled is neither installed nor fetched ahead, and is stopped while that is possible', () => {
    fc.assert(
      fc.property(anyTarget, anyRun, (facts, run) => {
        const { actions, report } = advanceTarget(facts, run, NOW);
        for (const action of actions)
          if ('planOrderId' in action)
            expect(facts.orders.find(({ id }) => id === action.planOrderId)?.blocked).toEqual([]);
        const newest = facts.orders.at(-1);
        if (report.state !== 'ordered' && report.state !== 'working') return;
        if (newest?.kind !== 'apply' || newest.blocked.length === 0 || newest.cancelRequestedAtMs !== null) return;
        if (facts.removed || newest.progress?.stage === 'installing') return;
        expect(actions).toContainEqual({ kind: 'stop-order', endpointId: facts.endpointId, orderId: newest.id });
      }),
      { numRuns: 5000 },
    );
  });

  test('what is done ahead changes nothing of where a target stands, whatever became of it', () => {
    fc.assert(
      fc.property(anyTarget, anyRun, (facts, run) => {
        const orders = facts.orders.filter(({ kind }) => kind !== 'pre-stage' && kind !== 'trial');
        fc.pre(orders.length > 0);
        const open = facts.orders.at(-1);
        fc.pre((open?.kind !== 'pre-stage' && open?.kind !== 'trial') || open.result !== null || open.closed !== null);
        const without = projectTarget({ ...facts, orders }, run, NOW);
        const ahead = { preStage: null, trial: null, turnedAway: null };
        expect({ ...projectTarget(facts, run, NOW), ...ahead }).toEqual({ ...without, ...ahead });
      }),
      { numRuns: 2000 },
    );
  });

  test('a run installs only from the content that it is for', () => {
    fc.assert(
      fc.property(anyTarget, anyRun, (facts, run) => {
        for (const action of advanceTarget(facts, run, NOW).actions) {
          if (action.kind !== 'issue-apply-order' && action.kind !== 'issue-pre-stage-order') continue;
          const result = facts.orders.find(({ id }) => id === action.planOrderId)?.result;
          expect(result?.kind === 'planned' ? (result.snapshotId ?? null) : undefined).toBe(run.snapshotId);
          if (action.kind === 'issue-pre-stage-order') expect(run.snapshotId).not.toBeNull();
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('a run with something under way is not finished', () => {
    fc.assert(
      fc.property(fc.array(anyTarget, { maxLength: 4 }), anyRun, (targets, run) => {
        const { report } = advanceRun({ run, targets }, NOW);
        if (report.tally.underWay > 0) expect(['planning', 'running']).toContain(report.state);
        expect(report.explanation).not.toBe('');
      }),
    );
  });
});
