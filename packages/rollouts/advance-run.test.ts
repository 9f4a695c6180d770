import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  advanceRun,
  advanceTarget,
  type OrderFacts,
  type ResultFacts,
  type RunFacts,
  type TargetFacts,
  type VerificationFacts,
} from './index.ts';

const NOW = Date.parse('2026-05-03T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DIGEST = 'd'.repeat(64);
const RUN: RunFacts = { approved: false, cancelRequested: false, checkInIntervalMs: MINUTE };
const APPROVED: RunFacts = { ...RUN, approved: true };

const verification = (rest: Partial<VerificationFacts> = {}): VerificationFacts => ({
  effective: true,
  waits: [],
  wrongVersionCount: 0,
  brokenPackages: [],
  newlyFailedUnits: [],
  gapCount: 0,
  ...rest,
});
const applied = (rest: Partial<VerificationFacts> = {}): ResultFacts => ({
  kind: 'applied',
  verification: verification(rest),
  keptCount: 1,
});
const planned: ResultFacts = { kind: 'planned', transactionDigest: DIGEST, changeCount: 2 };
const order = (kind: OrderFacts['kind'], generation: number, rest: Partial<OrderFacts> = {}): OrderFacts => ({
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
  ...rest,
});
const target = (orders: readonly OrderFacts[], rest: Partial<TargetFacts> = {}): TargetFacts => ({
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
const PLAN = order('plan', 1, { result: planned });
const kindsOf = (facts: TargetFacts, run: RunFacts, nowMs = NOW) =>
  advanceTarget(facts, run, nowMs).actions.map(({ kind }) => kind);
const stateOf = (facts: TargetFacts, run: RunFacts = APPROVED, nowMs = NOW) => {
  const { state, explanation } = advanceTarget(facts, run, nowMs).report;
  return [state, explanation];
};
const REBOOT = { kind: 'reboot', reason: 'kernel 6.1.0-40 installed, 6.1.0-37 running' } as const;

describe('what happens next', () => {
  test.each<[string, TargetFacts, RunFacts, string[]]>([
    ['a new target is asked for its plan', target([]), RUN, ['issue-plan-order']],
    ['a plan under way is waited for', target([order('plan', 1)]), RUN, []],
    ['a plan that nobody approved stays a plan', target([PLAN]), RUN, []],
    [
      'another digest than the approved one is not applied',
      target([PLAN], { approvedDigest: 'e'.repeat(64) }),
      APPROVED,
      [],
    ],
    ['an approved plan is applied', target([PLAN], { approvedDigest: DIGEST }), APPROVED, ['issue-apply-order']],
    ['a plan is used once', target([PLAN, order('apply', 2)], { approvedDigest: DIGEST }), APPROVED, []],
    [
      'not while another order changes the endpoint',
      target([PLAN], { approvedDigest: DIGEST, busyWith: { kind: 'apply', runName: 'other' } }),
      APPROVED,
      [],
    ],
    ['a dropped target gets no order', target([PLAN], { approvedDigest: DIGEST, dropped: 'cancelled' }), APPROVED, []],
    [
      'a removed endpoint’s orders are closed',
      target([order('apply', 2)], { removed: true }),
      APPROVED,
      ['close-order'],
    ],
    [
      'cancelling stops what is under way',
      target([PLAN, order('apply', 2)]),
      { ...APPROVED, cancelRequested: true },
      ['stop-order'],
    ],
    [
      'cancelling a target drops what is planned',
      target([PLAN], { request: 'cancel' }),
      RUN,
      ['drop-target', 'clear-request'],
    ],
    ['a cancelled run asks for nothing more', target([PLAN]), { ...RUN, cancelRequested: true }, []],
    [
      'a wish that does not fit is forgotten',
      target([PLAN, order('apply', 2, { result: applied() })], { request: 'reboot' }),
      APPROVED,
      ['clear-request'],
    ],
    [
      'a reboot is ordered for what waits for it',
      target([PLAN, order('apply', 2, { result: applied({ effective: false, waits: [REBOOT] }) })], {
        request: 'reboot',
      }),
      APPROVED,
      ['issue-reboot-order', 'clear-request'],
    ],
    [
      'a roll-back undoes the apply order',
      target([PLAN, order('apply', 2, { result: applied() })], { request: 'roll-back' }),
      APPROVED,
      ['issue-rollback-order', 'clear-request'],
    ],
  ])('%s', (_rule, facts, run, kinds) => expect(kindsOf(facts, run)).toEqual(kinds));
});

describe('where a target stands, in words', () => {
  const ended = (result: ResultFacts) => target([PLAN, order('apply', 2, { result })]);
  test.each<[TargetFacts, string, RegExp | string]>([
    [target([PLAN]), 'planned', 'waits for approval: 2 changes'],
    [ended(applied()), 'effective', /^effective/],
    [
      ended(applied({ effective: false, waits: [REBOOT] })),
      'waits-for-reboot',
      'waits for reboot: kernel 6.1.0-40 installed, 6.1.0-37 running',
    ],
    [
      ended(applied({ effective: false, waits: [{ kind: 'service-restart', unit: 'nginx.service', reason: 'x' }] })),
      'waits-for-restart',
      'waits for restart of nginx.service',
    ],
    [ended(applied({ effective: false })), 'failed', /could not show that the patch is effective/],
    [
      ended(applied({ effective: false, waits: [REBOOT], wrongVersionCount: 1 })),
      'failed',
      /1 packages do not have the approved version/,
    ],
    [ended({ kind: 'refused', code: 'disk-full', message: 'no space left' }), 'refused', 'refused: no space left'],
    [
      ended({
        kind: 'failed',
        code: 'install-failed',
        message: 'dpkg returned 1',
        stage: 'installing',
        verification: null,
        keptCount: 0,
      }),
      'failed',
      'failed while installing: dpkg returned 1; its state after that could not be checked',
    ],
    // An answer of another kind than the question is no success.
    [ended({ kind: 'scanned' }), 'failed', /does not fit the order/],
    [target([order('plan', 1, { result: { ...planned, changeCount: 0 } })]), 'nothing-to-do', /nothing to do/],
    [
      target([order('apply', 2, { deliveredAtMs: null })]),
      'ordered',
      'waits until the endpoint fetches the order (apply)',
    ],
    [
      target([order('apply', 2)], { lastSeenAtMs: NOW - 10 * MINUTE }),
      'working',
      'unknown: the endpoint has the order (apply) and has not answered since 2026-05-03 11:50 UTC',
    ],
  ])('%#: %o', (facts, state, words) => {
    const [actual, explanation] = stateOf(facts);
    expect(actual).toBe(state);
    if (typeof words === 'string') expect(explanation).toBe(words);
    else expect(explanation).toMatch(words);
  });

  test('a refused reboot leaves the target waiting, and says so', () => {
    const facts = target([
      PLAN,
      order('apply', 2, { result: applied({ effective: false, waits: [REBOOT] }) }),
      order('reboot', 3, { result: { kind: 'refused', code: 'not-privileged', message: 'not root' } }),
    ]);
    expect(stateOf(facts)).toEqual([
      'waits-for-reboot',
      'waits for reboot: kernel 6.1.0-40 installed, 6.1.0-37 running; the reboot refused: not root',
    ]);
  });

  test('a silent endpoint’s apply order never becomes a success by waiting', () => {
    const facts = target([PLAN, order('apply', 2)], { lastSeenAtMs: NOW - HOUR });
    for (const later of [0, HOUR, 24 * HOUR, 1000 * HOUR]) {
      const [state, explanation] = stateOf(facts, APPROVED, NOW + later);
      expect(['working', 'failed']).toContain(state);
      expect(explanation).toMatch(/^unknown/);
    }
  });
});

const anyVerification = fc.record({
  effective: fc.boolean(),
  waits: fc.subarray([REBOOT, { kind: 'service-restart' as const, unit: null, reason: 'a shell' }]),
  wrongVersionCount: fc.nat(1),
  brokenPackages: fc.subarray(['dpkg']),
  newlyFailedUnits: fc.subarray(['a.service']),
  gapCount: fc.nat(1),
});
const anyResult: fc.Arbitrary<ResultFacts> = fc.oneof(
  fc.constant<ResultFacts>({ kind: 'scanned' }),
  fc.record({
    kind: fc.constant('planned' as const),
    transactionDigest: fc.constantFrom(DIGEST, 'e'.repeat(64)),
    changeCount: fc.nat(2),
  }),
  fc.record({ kind: fc.constant('applied' as const), verification: anyVerification, keptCount: fc.nat(1) }),
  fc.record({ kind: fc.constant('rebooted' as const), verification: anyVerification }),
  fc.constant<ResultFacts>({ kind: 'refused', code: 'disk-full', message: '' }),
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
      kind: fc.constantFrom('plan', 'apply', 'reboot', 'restart-services', 'rollback') as fc.Arbitrary<
        OrderFacts['kind']
      >,
      result: fc.option(anyResult),
      closed: fc.option(
        fc.record({ reason: fc.constantFrom('cancelled' as const, 'silent' as const, 'expired' as const), atMs: time }),
      ),
      issuedAtMs: time,
      delivered: fc.boolean(),
      cancelled: fc.boolean(),
    }),
    { maxLength: 5 },
  )
  .map((orders) =>
    orders.map(({ kind, result, closed, issuedAtMs, delivered, cancelled }, index) => {
      const open = index === orders.length - 1;
      return order(kind, index + 1, {
        result: result ?? null,
        closed: closed ?? (result === null && !open ? { reason: 'silent', atMs: NOW } : null),
        issuedAtMs,
        expiresAtMs: issuedAtMs + HOUR,
        deliveredAtMs: delivered || result !== null ? issuedAtMs : null,
        cancelRequestedAtMs: cancelled ? issuedAtMs : null,
      });
    }),
  );
const anyTarget: fc.Arbitrary<TargetFacts> = fc
  .record({
    orders: anyOrders,
    lastSeenAtMs: fc.option(time),
    removed: fc.boolean(),
    approvedDigest: fc.option(fc.constant(DIGEST)),
    dropped: fc.option(fc.constantFrom('not-approved' as const, 'cancelled' as const)),
    request: fc.option(
      fc.constantFrom(
        'cancel' as const,
        'retry' as const,
        'roll-back' as const,
        'reboot' as const,
        'restart-services' as const,
      ),
    ),
    busyWith: fc.option(fc.constant({ kind: 'apply' as const, runName: 'other' })),
  })
  .map((facts) => target(facts.orders, facts));
const anyRun = fc.record({
  approved: fc.boolean(),
  cancelRequested: fc.boolean(),
  checkInIntervalMs: fc.constant(MINUTE),
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
