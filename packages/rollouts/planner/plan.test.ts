import { describe, expect, test } from 'vitest';
import { lint, plan, type RolloutFacts } from './index.ts';
import {
  DAY,
  FAILED,
  HOUR,
  inputOf,
  member,
  MINUTE,
  NIGHTLY,
  NOON,
  PLANNED,
  RING,
  rollout,
  UNOPENED,
} from './testing/facts.ts';
import { done } from './testing/model.ts';

const OPEN = { ...UNOPENED, openedAtMs: NOON - HOUR };

function kinds(facts: RolloutFacts, nowMs = NOON): readonly string[] {
  const input = inputOf(facts, nowMs);
  const made = plan(input);
  expect(lint(made.plan, input)).toEqual([]);
  return made.plan.actions.map((action) =>
    'endpointId' in action ? `${action.kind} ${action.endpointId}` : action.kind,
  );
}

describe('the life of a ring', () => {
  test('it opens, and its members are asked', () => {
    expect(kinds(rollout({}, { members: [member(1), member(2)] }))).toEqual(['open-ring', 'ask e1', 'ask e2']);
  });

  test('what is planned is installed, so many at once', () => {
    const members = [1, 2, 3].map((number) => member(number, { progress: PLANNED }));
    const ring = { ...RING, atOnce: { kind: 'count', count: 2 } as const };
    expect(kinds(rollout({ rings: [ring] }, { rings: [OPEN], members }))).toEqual(['apply e1', 'apply e2']);
  });

  test('nothing is installed outside of the windows', () => {
    const members = [member(1, { progress: PLANNED })];
    expect(kinds(rollout({ windows: [NIGHTLY] }, { rings: [OPEN], members }))).toEqual([]);
    const night = Date.UTC(2026, 4, 1, 20, 30);
    expect(kinds(rollout({ windows: [NIGHTLY] }, { rings: [OPEN], members }), night)).toEqual(['apply e1']);
    expect(kinds(rollout({ windows: [NIGHTLY] }, { rings: [OPEN], members }), night + 3 * HOUR + MINUTE)).toEqual([]);
  });

  test('after its soak it passes, and the next one opens', () => {
    const two = [
      { ...RING, name: 'canary', soakMs: DAY },
      { ...RING, name: 'rest' },
    ];
    const members = [member(1, { progress: { kind: 'effective', sinceMs: NOON - HOUR } }), member(2, { ring: 1 })];
    const facts = rollout({ rings: two }, { rings: [OPEN, UNOPENED], members });
    expect(kinds(facts)).toEqual([]);
    expect(kinds(facts, NOON + 23 * HOUR)).toEqual(['pass-gate', 'open-ring', 'ask e2']);
  });

  test('what fails halts, and goes back', () => {
    const members = [member(1, { progress: { ...FAILED, undoable: true } }), member(2)];
    expect(kinds(rollout({}, { rings: [OPEN], members }))).toEqual(['halt', 'roll-back e1']);
  });

  test('a whole rollout: what was asked for is not asked for again', () => {
    let input = inputOf(rollout({}, { members: [member(1), member(2)] }));
    input = done(plan(input).plan, input);
    expect(plan(input).plan.actions).toEqual([]);
  });
});
