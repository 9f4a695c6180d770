import { expect, test } from 'vitest';
import { lint, plan, type MemberProgress, type RolloutFacts } from './index.ts';
import { HOUR, inputOf, member, NOON, RING, rollout, UNOPENED } from './testing/facts.ts';

// Who lacks nothing is no member, so in some weeks a ring has none.

const DONE: MemberProgress = { kind: 'effective', sinceMs: NOON - HOUR };
const OPEN = { ...UNOPENED, openedAtMs: NOON - 2 * HOUR };
const PASSED = { ...OPEN, passedAtMs: NOON - HOUR };
const RINGS = ['canary', 'early', 'rest'].map((name) => ({
  ...RING,
  name,
  soakMs: 24 * HOUR,
  gate: { ...RING.gate, approvals: 1 },
}));

function actions(facts: Partial<RolloutFacts>): readonly string[] {
  const input = inputOf(rollout({ rings: RINGS }, facts));
  const made = plan(input);
  expect(lint(made.plan, input)).toEqual([]);
  return made.plan.actions.map((action) => ('ring' in action ? `${action.kind} ${action.ring}` : action.kind));
}

test('one that comes after others holds nobody up: neither its soak nor its approvals are asked for', () => {
  const members = [member(1, { progress: DONE }), member(2, { ring: 2 })];
  expect(actions({ members, rings: [PASSED, OPEN, UNOPENED] })).toEqual(['pass-gate 1', 'open-ring 2', 'ask']);
});

test('the last one with members is the last: nothing follows that relies on it', () => {
  const members = [member(1, { progress: { kind: 'effective', sinceMs: NOON - 25 * HOUR } })];
  expect(actions({ members, rings: [{ ...OPEN, openedAtMs: NOON - 26 * HOUR }, UNOPENED, UNOPENED] })).toEqual([
    'pass-gate 0',
    'open-ring 1',
  ]);
});

test('one that comes before all others has proven nothing, so a person lets it through', () => {
  const members = [member(1, { ring: 1 })];
  const old = { ...OPEN, openedAtMs: NOON - 48 * HOUR };
  expect(actions({ members, rings: [old, UNOPENED, UNOPENED] })).toEqual([]);
  const skipped = { ...old, skippedBy: 'alice' };
  expect(actions({ members, rings: [skipped, UNOPENED, UNOPENED] })).toEqual(['pass-gate 0', 'open-ring 1', 'ask']);
});
