import type { RolloutMember } from '@thimble/protocol';
import { expect, test } from 'vitest';
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

test('before its first plan nothing counts as passed', () => {
  expect(memberSteps(member)).toEqual([
    { name: 'rollout', state: 'waits', words: 'its first plan is being made', until: null },
  ]);
});

test('a wait is at its step, what comes before is passed, what comes after is later', () => {
  const steps = memberSteps({ ...member, wait: 'window', explanation: 'waits for window night' });
  expect(steps.filter(({ state }) => state === 'waits')).toEqual([
    { name: 'window', state: 'waits', words: 'waits for window night', until: null },
  ]);
  expect(steps.at(-1)?.state).toBe('later');
});

test('who is done has passed everything', () => {
  const steps = memberSteps({ ...member, outcome: 'done', explanation: 'is patched, verified' });
  expect(new Set(steps.map(({ state }) => state))).toEqual(new Set(['passed']));
});
