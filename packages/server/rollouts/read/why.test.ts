import type { WhyNotPatched } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeUpdates } from '../../testing/fake-documents.ts';
import { startRolloutFleet, type RolloutFleet } from '../../testing/rollout-fleet.ts';

let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet();
});
afterAll(async () => {
  await fleet.stop();
});

const why = async (id: string): Promise<WhyNotPatched> => {
  const { status, json } = await fleet.call('GET', `/endpoints/${id}/why`);
  expect(status).toBe(200);
  return json as unknown as WhyNotPatched;
};
const steps = ({ steps: all }: WhyNotPatched): readonly string[] => all.map(({ name, state }) => `${name}: ${state}`);

test('an endpoint without a policy is patched by nobody', async () => {
  const { id } = await fleet.agent('lonely');
  const answer = await why(id);
  expect(answer).toMatchObject({ policy: null, rollout: null, updateCount: 1 });
  expect(answer.summary).toContain('lonely: this endpoint follows no policy');
  expect(answer.updates[0]).toMatchObject({ package: 'openssl', taken: false, because: 'no policy takes it' });
});

test('one whose rollout has not begun waits for its calendar, or for somebody', async () => {
  const { id } = await fleet.agent('calm-web1');
  const policyId = await fleet.policy(`
format: 1
name: calm
scope: { hostnames: ['calm-*'] }
content: endpoint
start: { on: every day, at: '03:00', timeZone: UTC }
`);
  const answer = await why(id);
  expect(answer.policy).toMatchObject({ name: 'calm' });
  expect(steps(answer)).toEqual(['policy: passed', 'selection: passed', 'rollout: waits']);
  expect(answer.summary).toContain('the next rollout of calm begins');
  expect(answer.steps.at(-1)?.until).toMatch(/T03:00:00/);
  await fleet.call('DELETE', `/policies/${policyId}`);
});

test('one that lacks nothing says so, and one that lacks only what the policy leaves, too', async () => {
  const { id } = await fleet.agent('fine-web1', { updates: fakeUpdates([]) });
  const other = await fleet.agent('fine-web2');
  await fleet.policy(`
format: 1
name: fine
scope: { hostnames: ['fine-*'] }
content: endpoint
select: { packages: [curl] }
`);
  expect((await why(id)).summary).toBe('fine-web1: it lacks nothing that its policy takes');
  expect((await why(other.id)).summary).toContain('fine takes none of 1 pending updates');
});

test('a member of a rollout has exactly one step that it waits at, from its one wait', async () => {
  const canary = await fleet.agent('member-canary1');
  const web = await fleet.agent('member-web1');
  const policyId = await fleet.policy(`
format: 1
name: member
scope: { hostnames: ['member-*'] }
content: endpoint
trial: { mode: none }
gate: { approvals: 1 }
rings:
  - { name: canary, members: { filter: { hostnames: ['*-canary*'] } } }
  - { name: rest, members: rest }
`);
  const { summary } = await fleet.start(policyId);
  await fleet.until(summary.id, [canary, web], ({ rings }) => rings[0]?.explanation.includes('approve') === true);
  const waiting = await why(web.id);
  expect(waiting.rollout).toMatchObject({ id: summary.id, state: 'running' });
  expect(waiting.policy?.ring).toBe('rest');
  expect(waiting.steps.filter(({ state }) => state === 'waits')).toMatchObject([{ name: 'ring' }]);
  expect(waiting.summary).toContain('waits for ring canary');
  expect(waiting.steps.at(-1)?.state).toBe('later');
});

test('an unknown endpoint is a 404', async () => {
  const reply = await fleet.call('GET', '/endpoints/01a2037b-0000-7000-8000-000000000000/why');
  expect(reply).toMatchObject({ status: 404, json: { code: 'unknown-endpoint' } });
  expect(fleet.errors).toEqual([]);
});
