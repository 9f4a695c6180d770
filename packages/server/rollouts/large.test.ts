import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRolloutFleet, type RolloutFleet } from '../testing/rollout-fleet.ts';
import { seedFleet } from '../testing/seed-fleet.ts';
import { RolloutMemory } from './reconcile/memory.ts';
import { reconcileRollout } from './reconcile/reconcile-rollout.ts';

const ENDPOINTS = 20_000;
let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet();
});
afterAll(async () => {
  await fleet.stop();
});

/** Prints what was measured; how fast the machine is, is no property of the code. */
async function timed<T>(what: string, task: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const result = await task();
  process.stdout.write(`${ENDPOINTS} members, ${what}: ${Math.round(performance.now() - startMs)} ms\n`);
  return result;
}

test('a rollout of 20,000 endpoints starts, is planned, and is planned again after one result', async () => {
  const { context } = fleet;
  const { kysely } = context.database;
  const organisationId = context.defaultOrganisationId;
  const agent = await fleet.agent('seed-canary');
  const shape = { endpoints: ENDPOINTS - 1, manifests: 1, names: 10, versions: 1, packagesPerManifest: 5 };
  await seedFleet(context.database, organisationId, shape);
  // Each of them as the one that reported.
  for (const table of ['heartbeat', 'endpoint_updates'])
    await sql`insert into ${sql.table(table)}
      select (jsonb_populate_record(own, jsonb_build_object('endpoint_id', e.id))).*
      from ${sql.table(table)} own, endpoint e where own.endpoint_id = ${agent.id} and e.id <> own.endpoint_id`.execute(
      kysely,
    );
  const policyId = await fleet.policy(`
format: 1
name: large
content: endpoint
atOnce: 5%
windows:
  - { name: night, on: every day, at: '22:00', lasts: 6h }
approvals: { required: 1 }
rings:
  - { name: canary, members: { filter: { hostnames: [seed-canary] } } }
  - { name: tenth, members: { percent: 10 } }
  - { name: rest, members: rest }
`);
  const { summary } = await timed('start', () => fleet.start(policyId));
  expect(summary.memberCount).toBe(ENDPOINTS);
  const memory = new RolloutMemory();
  await timed('first plan', () => reconcileRollout(context, memory, summary.id));
  await timed('plan again, nothing new', () => reconcileRollout(context, memory, summary.id));
  await fleet.call('POST', `/rollouts/${summary.id}/approve`, {});
  await fleet.until(summary.id, [agent], ({ rings }) => rings[0]?.openedAt !== null);
  await agent.work();
  await timed('plan again, one result', () => reconcileRollout(context, memory, summary.id));
  await timed('plan by a server that was just started', () =>
    reconcileRollout(context, new RolloutMemory(), summary.id),
  );
  const members = await timed('a page of members', () =>
    fleet.call('GET', `/rollouts/${summary.id}/members?ring=rest&limit=100`),
  );
  expect(members.json['total']).toBeGreaterThan(17_000);
  await timed('the rollout’s page', () => fleet.rollout(summary.id));
  await timed('why an endpoint is not patched', () => fleet.call('GET', `/endpoints/${agent.id}/why`));
  expect(fleet.errors).toEqual([]);
});
