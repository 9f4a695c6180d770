import type { ClientState, RunSummary } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personWith } from '../access/testing/person-with.ts';
import { type RolloutFleet, startRolloutFleet } from '../testing/rollout-fleet.ts';

let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet();
});
afterAll(() => fleet.stop());

test('what waits for approval, is overdue and was begun last counts for its own organisation alone', async () => {
  const clientId = String((await fleet.call('POST', '/organisations', { name: 'Alder' })).json['id']);
  const overseer = await personWith(fleet, [{ roleId: 'viewer', includeClients: true }]);
  const agents = [await fleet.agent('late-1'), await fleet.agent('late-2'), await fleet.agent('plain')];
  const { summary: run } = await fleet.plannedRun(agents.slice(2));
  const policyId = await fleet.policy(POLICY);
  const { summary: rollout } = await fleet.start(policyId);
  expect([run.state, rollout.state]).toEqual(['awaiting-approval', 'awaiting-approval']);
  const states = async (): Promise<ReadonlyMap<string, ClientState>> => {
    const { json } = await overseer.call('GET', '/clients');
    return new Map((json['items'] as ClientState[]).map((state) => [state.organisation.id, state]));
  };
  const ours = fleet.context.defaultOrganisationId;
  const runs = (await fleet.call('GET', '/runs')).json['items'] as readonly RunSummary[];
  const newest = runs
    .map(({ createdAt }) => createdAt)
    .sort()
    .at(-1);
  const waiting = { endpointCount: 3, overdueCount: 0, waitingApprovalCount: 2, lastRunAt: newest };
  expect((await states()).get(ours)).toMatchObject(waiting);
  await fleet.context.database.pool.query(`update rollout_patch_set set deadline = now() - interval '1 hour'`);
  expect((await states()).get(ours)).toMatchObject({ overdueCount: 2 });
  expect((await states()).get(clientId)).toMatchObject({
    endpointCount: 0,
    overdueCount: 0,
    waitingApprovalCount: 0,
    lastRunAt: null,
  });
  // What has ended neither waits nor is late.
  expect((await fleet.call('POST', `/rollouts/${rollout.id}/cancel`, { reason: 'for the test' })).status).toBe(200);
  await fleet.context.database.pool.query(`update rollout set ended_at = now() where id = $1`, [rollout.id]);
  expect((await states()).get(ours)).toMatchObject({ overdueCount: 0, waitingApprovalCount: 1 });
});

const POLICY = `
format: 1
name: late
scope: { hostnames: ['late-*'] }
content: endpoint
approvals: { required: 1 }
rings:
  - { name: rest, members: rest }
`;
