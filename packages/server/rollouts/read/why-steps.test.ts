import type { RolloutMember } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import { memberSteps } from './why-steps.ts';

const member: RolloutMember = {
  endpointId: '01a203ab-b806-75d9-9286-99792c5ac128',
  hostname: 'web1',
  ring: 'rest',
  state: null,
  outcome: 'waiting',
  explanation: '',
  wait: null,
  waitsUntil: null,
  slot: null,
  deadline: null,
  trial: null,
  generation: 0,
  hold: null,
};

const NOW = Date.parse('2026-05-02T12:00:00Z');

test('before its first plan nothing counts as passed', () => {
  expect(memberSteps(member, NOW)).toEqual([
    { name: 'rollout', state: 'waits', words: 'its first plan is being made', until: null },
  ]);
});

test('a wait is at its step, what comes before is passed, what comes after is later', () => {
  const steps = memberSteps({ ...member, wait: 'window', explanation: 'waits for window night' }, NOW);
  expect(steps.filter(({ state }) => state === 'waits')).toEqual([
    { name: 'window', state: 'waits', words: 'waits for window night', until: null },
  ]);
  expect(steps.at(-1)?.state).toBe('later');
});

test('who is done has passed everything', () => {
  const steps = memberSteps({ ...member, outcome: 'done', explanation: 'is patched, verified' }, NOW);
  expect(new Set(steps.map(({ state }) => state))).toEqual(new Set(['passed']));
});

describe('a hold that no plan has seen yet', () => {
  const hold = { by: 'ada', reason: 'month end', until: null };
  const planning: RolloutMember = { ...member, wait: 'plan', explanation: 'works out its exact transaction' };
  const waitsFor = (each: RolloutMember) => memberSteps(each, NOW).find(({ state }) => state === 'waits');

  test('is what it waits for', () => {
    expect(waitsFor({ ...planning, hold })).toEqual({
      name: 'hold',
      state: 'waits',
      words: 'is held: month end',
      until: null,
    });
    const until = '2026-05-03T08:00:00.000Z';
    expect(waitsFor({ ...planning, hold: { ...hold, until } })).toMatchObject({
      words: 'is held: month end, until 2026-05-03 08:00 UTC',
      until,
    });
  });

  test('does not count when it has passed, before an earlier step, or once it is worked on', () => {
    expect(waitsFor({ ...planning, hold: { ...hold, until: '2026-05-02T08:00:00.000Z' } })?.name).toBe('transaction');
    expect(waitsFor({ ...planning, hold, wait: 'ring' })?.name).toBe('ring');
    expect(waitsFor({ ...planning, hold, wait: 'working', outcome: 'busy' })?.name).toBe('installation');
  });

  test('and one that was taken back is no longer told', () => {
    const released: RolloutMember = { ...member, wait: 'hold', explanation: 'is held: month end' };
    expect(waitsFor({ ...released, hold })?.words).toBe('is held: month end');
    expect(waitsFor(released)?.words).toBe('was released; its next plan is being made');
  });
});
