import fc from 'fast-check';
import type { AmountOf, Policy, Ring } from '../../policy/policy.ts';
import type { MemberFacts, MemberProgress, PlanInput, RingFacts } from '../index.ts';
import { DAY, HOUR, member, MINUTE, NIGHTLY, NOON, POLICY, RING, rollout } from './facts.ts';

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const amount: fc.Arbitrary<AmountOf> = fc.oneof(
  fc.record({ kind: fc.constant('count' as const), count: fc.nat(4) }),
  fc.record({ kind: fc.constant('percent' as const), percent: fc.constantFrom(0, 10, 34, 50, 100) }),
);
const past = fc.integer({ min: 0, max: 3 * 24 * 4 }).map((quarters) => NOON - quarters * 15 * MINUTE);

const WINDOWS: Policy['windows'] = [
  NIGHTLY,
  {
    ...NIGHTLY,
    name: 'saturday',
    words: 'every Saturday',
    rrule: 'FREQ=WEEKLY;BYDAY=SA',
    at: '10:00',
    durationMs: 8 * HOUR,
  },
  { ...NIGHTLY, name: 'noon', at: '12:00', durationMs: 2 * HOUR, timeZone: 'UTC' },
];

const progress: fc.Arbitrary<MemberProgress> = fc.oneof(
  fc.constant<MemberProgress>({ kind: 'not-asked' }),
  fc.record({ kind: fc.constant('planning' as const), sinceMs: past }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('planned' as const),
      transactionDigest: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)),
      trial: fc.constantFrom('none', 'under-way', 'passed', 'passed', 'failed', 'impossible'),
      preStage: fc.constantFrom('none', 'under-way', 'done', 'failed'),
      blocked: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, fc.constant(['openssl 3.0.22-1'])),
      message: fc.constant('words'),
    }),
  },
  fc.record({
    kind: fc.constant('working' as const),
    sinceMs: past,
    order: fc.constantFrom('apply', 'reboot', 'restart-services', 'rollback'),
  }),
  fc.record({
    kind: fc.constantFrom('waits-for-reboot' as const, 'waits-for-restart' as const, 'waits-for-consent' as const),
    sinceMs: past,
  }),
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('effective' as const, 'nothing-to-do' as const), sinceMs: past }),
  },
  fc.record({
    kind: fc.constant('failed' as const),
    sinceMs: past,
    message: fc.constant('nginx.service failed'),
    before: fc.constantFrom('plan', 'trial', 'apply', null),
    attempts: fc.integer({ min: 1, max: 6 }),
    undoable: fc.boolean(),
    unknown: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('rolled-back' as const), sinceMs: past }),
  fc.constant<MemberProgress>({ kind: 'left-out', why: 'the endpoint was removed' }),
);

const ring: fc.Arbitrary<Ring> = fc.record({
  name: fc.constantFrom('canary', 'early', 'rest'),
  members: fc.constant(RING.members),
  soakMs: fc.constantFrom(0, HOUR, DAY),
  gate: fc.record({
    successAtLeastPercent: fc.constantFrom(0, 50, 100),
    failuresAtMost: fc.oneof(amount, fc.constant<AmountOf>({ kind: 'percent', percent: 100 })),
    patchedAtLeast: fc.nat(2),
    probes: fc.constantFrom([], [{ name: 'errors', query: 'up', atMost: 1, atLeast: null }]),
    approvals: fc.nat(1),
  }),
  trial: fc.record({
    mode: fc.constantFrom('none', 'each', 'first'),
    first: fc.integer({ min: 1, max: 3 }),
    whenImpossible: fc.constantFrom('continue', 'stop'),
    checks: fc.constant([]),
    deadlineMs: fc.constant(HOUR),
    diskBytes: fc.constant(0),
    memoryBytes: fc.constant(0),
  }),
  windows: fc.subarray([0, 1, 2]),
  atOnce: amount,
});

const ringFacts = (opened: boolean): fc.Arbitrary<RingFacts> =>
  fc.record({
    openedAtMs: opened ? past : fc.constant(null),
    passedAtMs: fc.constant(null),
    skippedBy: opened ? maybe(fc.constant('anna')) : fc.constant(null),
    approvedBy: fc.subarray(['anna', 'ben']),
    rollBack: opened
      ? fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, fc.record({ by: fc.constant('anna'), atMs: past }))
      : fc.constant(null),
    probes: fc.subarray([{ name: 'errors', value: 0, atMs: NOON - MINUTE, message: '' }]),
  });

const policy: fc.Arbitrary<Partial<Policy>> = fc.record({
  rings: fc.array(ring, { minLength: 1, maxLength: 3 }),
  windows: fc.constantFrom([], WINDOWS),
  budgets: fc.array(fc.record({ per: fc.constant({ kind: 'site' as const }), atMost: amount }), { maxLength: 2 }),
  approvals: fc.record({ required: fc.constantFrom(0, 0, 1, 2), from: fc.constantFrom(null, ['anna']) }),
  content: fc.constantFrom(POLICY.content, { kind: 'endpoint' as const }),
  deploy: fc
    .record({
      preStageMs: fc.constantFrom(0, 12 * HOUR),
      restartServices: fc.boolean(),
      when: fc.constantFrom('if-needed' as const, 'never' as const, 'always' as const),
      staggerMs: fc.constantFrom(0, HOUR),
    })
    .map(({ when, staggerMs, ...deploy }) => ({
      ...POLICY.deploy,
      ...deploy,
      reboot: { ...POLICY.deploy.reboot, when, staggerMs },
    })),
  onFailure: fc.record({ rollBack: fc.constantFrom('nothing', 'endpoint', 'ring'), block: fc.boolean() }),
});

const memberFacts = (rings: number, groups: number): fc.Arbitrary<Partial<MemberFacts>> =>
  fc.record({
    ring: fc.nat(rings - 1),
    progress,
    online: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC'),
    budgetGroups: groups === 0 ? fc.constant([]) : fc.subarray([...Array(groups).keys()]),
    expectedMs: fc.constantFrom(20_000, 30 * MINUTE, 90 * MINUTE, 6 * HOUR),
    patchSet: fc.nat(1),
    busyWith: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, fc.constant('run Friday')),
    hold: fc.oneof(
      { weight: 8, arbitrary: fc.constant(null) },
      fc.record({ why: fc.constant('a freeze'), untilMs: maybe(fc.constantFrom(NOON - HOUR, NOON + DAY)) }),
    ),
    generation: fc.nat(9),
    rebootedAtMs: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, past),
  });

/** What may become of an endpoint from one plan to the next. */
export const anyNews: fc.Arbitrary<{
  readonly member: number;
  readonly progress: MemberProgress;
  readonly online: boolean;
}> = fc.record({ member: fc.nat(13), progress, online: fc.boolean() });

/** Facts as a server may hold them, and some that it should not: a planner has to bear them all. */
export const anyInput: fc.Arbitrary<PlanInput> = policy.chain((drawn) => {
  const ringCount = drawn.rings?.length ?? 1;
  const budgetGroups = (drawn.budgets ?? []).flatMap((_, budget) => [
    { budget, name: 'north' },
    { budget, name: 'south' },
  ]);
  return fc
    .record({
      openCount: fc.integer({ min: 0, max: ringCount }),
      members: fc.array(memberFacts(ringCount, budgetGroups.length), { maxLength: 14 }),
      approvedBy: fc.subarray(['anna', 'ben']),
      halted: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
      cancelled: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
      blackouts: fc.subarray([
        { startMs: NOON - HOUR, endMs: NOON + HOUR, calendar: 'sale' },
        { startMs: NOON + 9 * HOUR, endMs: NOON + 11 * HOUR, calendar: 'audit' },
      ]),
      deadline: maybe(fc.constantFrom(NOON - DAY, NOON + DAY, NOON + 14 * DAY)),
      minutes: fc.integer({ min: 0, max: 24 * 60 }),
    })
    .chain(({ openCount, members, halted, deadline, minutes, ...facts }) =>
      fc
        .tuple(...Array.from({ length: ringCount }, (_, index) => ringFacts(index < openCount)))
        .map((rings): PlanInput => ({
          nowMs: NOON + minutes * MINUTE,
          horizonMs: 60 * DAY,
          rollout: rollout(drawn, {
            ...facts,
            rings: rings.map((each, index) => ({
              ...each,
              passedAtMs: index < openCount - 1 ? each.openedAtMs : null,
            })),
            halt: halted ? { by: 'ben', why: 'lunch', atMs: NOON - HOUR } : null,
            members: members.map((each, index) => member(index, each)),
            budgetGroups,
            patches: [
              { key: 'openssl 3.0.22-1', deadlineMs: deadline, risk: 9 },
              { key: 'curl 8.1-2', deadlineMs: null, risk: 1 },
            ],
            patchSets: [[0, 1], [1]],
          }),
        })),
    );
});
