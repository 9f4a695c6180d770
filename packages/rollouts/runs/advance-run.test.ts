import { describe, expect, test } from 'vitest';
import { advanceTarget, type ResultFacts, type RunFacts, type TargetFacts } from './index.ts';
import {
  NOW,
  MINUTE,
  HOUR,
  DIGEST,
  RUN,
  APPROVED,
  applied,
  planned,
  order,
  target,
  PLAN,
  REBOOT,
} from './test-facts.ts';

const kindsOf = (facts: TargetFacts, run: RunFacts, nowMs = NOW) =>
  advanceTarget(facts, run, nowMs).actions.map(({ kind }) => kind);
const stateOf = (facts: TargetFacts, run: RunFacts = APPROVED, nowMs = NOW) => {
  const { state, explanation } = advanceTarget(facts, run, nowMs).report;
  return [state, explanation];
};

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

  test('what is held back is not called up to date', () => {
    const leftOut = { count: 2, first: ['openssl (held by the administrator of this endpoint)'] };
    const held = target([order('plan', 1, { result: { ...planned, changeCount: 0, leftOut } })]);
    expect(advanceTarget(held, RUN, NOW).report.explanation).toBe(
      'nothing to do: all 2 updates of this selection are left out: openssl (held by the administrator of this endpoint) and 1 more',
    );
  });

  test('a request that another run keeps waiting says for what', () => {
    const busyWith = { kind: 'apply', runName: 'Tuesday' } as const;
    const done = target([order('plan', 1, { result: planned }), order('apply', 2, { result: applied() })]);
    const { actions, report } = advanceTarget({ ...done, request: 'roll-back', busyWith }, APPROVED, NOW);
    expect(actions).toEqual([]);
    expect(report.explanation).toMatch(
      /; roll-back waits until the endpoint has finished another order \(apply, Tuesday\)$/,
    );
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
