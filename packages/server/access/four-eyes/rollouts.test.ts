import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RolloutFleet, startRolloutFleet } from '../../testing/rollout-fleet.ts';
import { type TestCaller, callWith, personWith } from '../testing/person-with.ts';

let fleet: RolloutFleet;
/** Who writes the policy, who starts its rollout, and who did neither. */
let author: TestCaller;
let starter: TestCaller;
let other: TestCaller;
let policyId: string;
let rolloutId: string;

const text = (name: string): string => `
format: 1
name: ${name}
scope: { hostnames: ['*'] }
content: endpoint
trial: { mode: none }
approvals: { required: 1 }
rings:
  - { name: canary, members: { filter: { hostnames: ['canary'] } } }
  - { name: rest, members: rest }
gate: { approvals: 1 }`;

beforeAll(async () => {
  fleet = await startRolloutFleet();
  await fleet.agent('canary');
  await fleet.agent('web');
  [author, starter, other] = [
    await personWith(fleet, ['administrator']),
    await personWith(fleet, ['administrator']),
    await personWith(fleet, ['administrator']),
  ];
  const made = await author.call('POST', '/policies', { text: text('watched') });
  policyId = (made.json['summary'] as { id: string }).id;
  const started = await starter.call('POST', '/rollouts', { policyId });
  expect(started).toMatchObject({ status: 201, json: { summary: { state: 'awaiting-approval' } } });
  rolloutId = (started.json['summary'] as { id: string }).id;
});
afterAll(() => fleet.stop());

const refused = { status: 403, json: { code: 'four-eyes' } };
const decide = (by: Pick<TestCaller, 'call'>, what: string, body: object = {}) =>
  by.call('POST', `/rollouts/${rolloutId}/${what}`, body);
const skip = { ring: 'canary', reason: 'in a hurry' };

test('neither who started a rollout nor who wrote its policy approves it or passes its gates, by token or in person', async () => {
  for (const person of [author, starter]) {
    const made = await person.call('POST', '/tokens', { name: 'second me', roleId: 'administrator' });
    const headers = { authorization: `Bearer ${String(made.json['secret'])}` };
    const token: Pick<TestCaller, 'call'> = { call: (...request) => callWith(fleet, headers, ...request) };
    for (const by of [person, token]) {
      expect(await decide(by, 'approve')).toMatchObject(refused);
      expect(await decide(by, 'approve', { ring: 'canary' })).toMatchObject(refused);
      expect(await decide(by, 'skip-gate', skip)).toMatchObject(refused);
    }
  }
  expect((await fleet.rollout(rolloutId)).summary.state).toBe('awaiting-approval');
});

test('what brings a rollout under control needs no second person', async () => {
  expect((await decide(starter, 'halt', { reason: 'a doubt' })).status).toBe(200);
  expect((await decide(author, 'resume')).status).toBe(200);
});

test('the version counts that decides: who writes the next one has not proposed this', async () => {
  const { json } = await other.call('GET', `/policies/${policyId}`);
  const { version } = json['summary'] as { version: number };
  const changed = await other.call('PUT', `/policies/${policyId}`, {
    text: `${text('watched')}\ndescription: reviewed`,
    version,
  });
  expect(changed.status).toBe(200);
  expect(await decide(other, 'approve')).toMatchObject({ status: 200, json: { summary: { state: 'running' } } });
  expect(await decide(author, 'skip-gate', skip)).toMatchObject(refused);
});
