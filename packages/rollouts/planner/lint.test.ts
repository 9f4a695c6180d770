import { describe, expect, test } from 'vitest';
import {
  lint,
  plan,
  type MemberFacts,
  type Plan,
  type PlanInput,
  type RolloutAction,
  type RolloutFacts,
} from './index.ts';
import {
  DAY,
  FAILED,
  HOUR,
  inputOf,
  member,
  NIGHTLY,
  NOON,
  PLANNED,
  POLICY,
  RING,
  rollout,
  UNOPENED,
} from './testing/facts.ts';

const NIGHT = Date.UTC(2026, 4, 1, 20, 30);
const OPEN = { ...UNOPENED, openedAtMs: NOON - HOUR };
const apply = (endpointId: string, startBeforeMs = NIGHT + 3 * HOUR): RolloutAction => ({
  kind: 'apply',
  endpointId,
  transactionDigest: PLANNED.transactionDigest,
  startBeforeMs,
});

const reboot = (endpointId: string, startBeforeMs = NIGHT + HOUR): RolloutAction => ({
  kind: 'reboot',
  endpointId,
  startBeforeMs,
});

interface Fault {
  /** What is different from two endpoints of an open ring, planned, in their window. */
  readonly facts?: Partial<RolloutFacts>;
  readonly policy?: Partial<RolloutFacts['policy']>;
  readonly first?: Partial<MemberFacts>;
  readonly nowMs?: number;
  /** What a planner with a bug would do. */
  readonly actions: readonly RolloutAction[];
}

function rulesBroken({ facts = {}, policy = {}, first = {}, nowMs = NIGHT, actions }: Fault): readonly string[] {
  const members = [member(1, { progress: PLANNED, ...first }), member(2, { progress: PLANNED })];
  const whole = rollout({ windows: [NIGHTLY], ...policy }, { rings: [OPEN], members, ...facts });
  const input = inputOf(whole, nowMs);
  return rulesOf({ ...plan(input).plan, actions }, input);
}

function rulesOf(made: Plan, input: PlanInput): readonly string[] {
  return [...new Set(lint(made, input).map(({ rule }) => rule))].filter((rule) => rule !== 'complete');
}

describe('the linter', () => {
  test('has nothing against what is allowed', () => {
    expect(rulesBroken({ actions: [apply('e1'), apply('e2')] })).toEqual([]);
  });

  test.each<[string, string, Fault]>([
    ['an installation outside of its window', 'window', { nowMs: NOON, actions: [apply('e1', NOON + HOUR)] }],
    ['one that could end after its window', 'window', { actions: [apply('e1', NIGHT + 3 * HOUR + 1)] }],
    [
      'one in a blackout',
      'window',
      { facts: { blackouts: [{ calendar: 'sale', startMs: NIGHT, endMs: NIGHT + 1 }] }, actions: [apply('e1')] },
    ],
    [
      'more at once than the ring may',
      'at-once',
      { policy: { rings: [{ ...RING, atOnce: { kind: 'count', count: 1 } }] }, actions: [apply('e1'), apply('e2')] },
    ],
    [
      'more out than a budget has, with one that failed',
      'budget',
      {
        policy: { budgets: [{ per: { kind: 'all' }, atMost: { kind: 'count', count: 1 } }] },
        facts: {
          budgetGroups: [{ budget: 0, name: 'all' }],
          members: [
            member(1, { progress: FAILED, budgetGroups: [0] }),
            member(2, { progress: PLANNED, budgetGroups: [0] }),
          ],
        },
        actions: [apply('e2')],
      },
    ],
    [
      'what begins in a halted rollout',
      'stopped',
      { facts: { halt: { by: 'a', why: '', atMs: 0 } }, actions: [apply('e1')] },
    ],
    [
      'what begins in a cancelled rollout',
      'stopped',
      { facts: { cancelled: true }, actions: [{ kind: 'ask', endpointId: 'e1' }] },
    ],
    [
      'what begins before people approved',
      'stopped',
      { policy: { approvals: { required: 1, from: null } }, actions: [apply('e1')] },
    ],
    ['what begins in the plan that halts', 'stopped', { actions: [{ kind: 'halt', ring: 0, why: '' }, apply('e1')] }],
    ['an endpoint whose ring is not open', 'ring-order', { facts: { rings: [UNOPENED] }, actions: [apply('e1')] }],
    [
      'a ring that goes back',
      'ring-order',
      { facts: { rings: [{ ...OPEN, rollBack: { by: 'a', atMs: 0 } }] }, actions: [apply('e1')] },
    ],
    ['a gate that is not passed', 'gates', { actions: [{ kind: 'pass-gate', ring: 0 }] }],
    [
      'an endpoint that is held',
      'held',
      { first: { hold: { why: 'a freeze', untilMs: NIGHT + 1 } }, actions: [apply('e1')] },
    ],
    ['an endpoint on which somebody else works', 'held', { first: { busyWith: 'run 7' }, actions: [apply('e1')] }],
    [
      'another transaction than was planned',
      'approved',
      { first: { progress: { ...PLANNED, transactionDigest: 'e' } }, actions: [apply('e1')] },
    ],
    [
      'what was recalled',
      'approved',
      { first: { progress: { ...PLANNED, blocked: ['openssl'] } }, actions: [apply('e1')] },
    ],
    [
      'what was not tried',
      'trial',
      { policy: { rings: [{ ...RING, trial: { ...RING.trial, mode: 'each' } }] }, actions: [apply('e1')] },
    ],
    [
      'what failed its trial',
      'trial',
      { first: { progress: { ...PLANNED, trial: 'failed' } }, actions: [apply('e1')] },
    ],
    [
      'a roll-back that nobody asked for',
      'roll-backs',
      { first: { progress: { kind: 'effective', sinceMs: NOON } }, actions: [{ kind: 'roll-back', endpointId: 'e1' }] },
    ],
    ['a reboot that the rule does not ask for', 'reboots', { actions: [reboot('e1')] }],
    [
      'a reboot that could begin after its window',
      'window',
      { first: { progress: { kind: 'waits-for-reboot', sinceMs: NOON } }, actions: [reboot('e1', NIGHT + 9 * HOUR)] },
    ],
    [
      'a reboot right after another',
      'reboots',
      {
        policy: { deploy: { ...POLICY.deploy, reboot: { ...POLICY.deploy.reboot, staggerMs: HOUR } } },
        first: { progress: { kind: 'waits-for-reboot', sinceMs: NOON } },
        facts: {
          members: [
            member(1, { progress: { kind: 'waits-for-reboot', sinceMs: NOON } }),
            member(2, { progress: { kind: 'effective', sinceMs: NOON }, rebootedAtMs: NIGHT - 1 }),
          ],
        },
        actions: [reboot('e1')],
      },
    ],
    ['two orders at a time', 'actions-once', { actions: [apply('e1'), { kind: 'ask', endpointId: 'e1' }] }],
    ['an order for a stranger', 'actions-once', { actions: [{ kind: 'ask', endpointId: 'e9' }] }],
  ])('finds %s', (_, rule, fault) => {
    expect(rulesBroken(fault)).toContain(rule);
  });

  test('finds assignments that are missing, forget why, go back, or lie outside of windows', () => {
    const members = [member(1, { progress: PLANNED, generation: 3 })];
    const input = inputOf(rollout({ windows: [NIGHTLY] }, { rings: [OPEN], members }), NOON);
    const made = plan(input).plan;
    const [one] = made.assignments;
    if (one === undefined || one.slot === null) throw new Error('it has no slot');
    const broken = (assignments: Plan['assignments']): readonly string[] =>
      lint({ ...made, assignments }, input).map(({ rule }) => rule);
    expect(broken([])).toContain('complete');
    expect(broken([{ ...one, wait: null }])).toContain('complete');
    expect(broken([{ ...one, generation: 2 }])).toContain('generations');
    expect(broken([{ ...one, slot: { ...one.slot, startMs: one.slot.startMs - 1 } }])).toContain('slots');
    expect(broken([{ ...one, slot: { ...one.slot, startMs: NOON - DAY } }])).toContain('slots');
    expect(broken([{ ...one, slot: { ...one.slot, startBeforeMs: one.slot.startBeforeMs + 1 } }])).toContain('slots');
    const moved = [{ ...one, slot: { ...one.slot, startMs: one.slot.startMs + 1 } }];
    expect(lint({ ...made, assignments: moved }, { ...input, previous: made }).map(({ rule }) => rule)).toContain(
      'generations',
    );
  });
});
