import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedOrganisation } from '../testing/seed-content.ts';
import { startRolloutFleet, type Answer, type RolloutFleet } from '../testing/rollout-fleet.ts';

let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet();
});
afterAll(async () => {
  await fleet.stop();
});

const openApplies = async (): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*) as count from endpoint_order
    where kind = 'apply' and outcome_at is null and closed_at is null`.execute(fleet.context.database.kysely);
  return rows[0]?.count ?? 0;
};

test('never two of a cluster at once, whatever else could begin', async () => {
  const agents = await Promise.all(['db1', 'db2', 'db3', 'web1'].map((name) => fleet.agent(`budget-${name}`)));
  for (const { id, hostname } of agents)
    if (hostname.includes('db'))
      expect((await fleet.call('PUT', `/endpoints/${id}/asset`, { labels: { cluster: 'orders' } })).status).toBe(200);
  const policyId = await fleet.policy(`
format: 1
name: budget
scope: { hostnames: ['budget-*'] }
content: endpoint
atOnce: 100%
trial: { mode: none }
budgets:
  - { per: 'label:cluster', atMost: 1 }
`);
  const { summary } = await fleet.start(policyId);
  const silent: Answer = (_agent, { body }) => (body.kind === 'apply' ? 'silence' : undefined);
  // One of the cluster and the one that is in none.
  await fleet.until(summary.id, agents, async () => (await openApplies()) === 2, silent);
  await fleet.until(
    summary.id,
    agents,
    async () => [...(await fleet.members(summary.id)).values()].filter(({ wait }) => wait === 'budget').length === 2,
    silent,
  );
  let most = 0;
  const end = await fleet.until(summary.id, agents, async (detail) => {
    most = Math.max(most, await openApplies());
    return detail.summary.endedAt !== null;
  });
  expect(most).toBeLessThanOrEqual(2);
  expect(end.summary.counts.done).toBe(4);
});

test('another organisation’s rollouts are not there', async () => {
  await fleet.agent('own-web1');
  const { summary } = await fleet.start(
    await fleet.policy(`{ format: 1, name: own, scope: { hostnames: ['own-*'] }, content: endpoint }`),
  );
  const other = await seedOrganisation(fleet.context, 'somebody else');
  const { kysely } = fleet.context.database;
  await sql`update rollout set organisation_id = ${other} where id = ${summary.id}`.execute(kysely);
  expect(JSON.stringify((await fleet.call('GET', '/rollouts')).json)).not.toContain(summary.id);
  for (const path of ['', '/members', '/plans'])
    expect(await fleet.call('GET', `/rollouts/${summary.id}${path}`)).toMatchObject({ status: 404 });
  const bodies: Readonly<Record<string, unknown>> = {
    approve: {},
    halt: { reason: 'x' },
    resume: {},
    'skip-gate': { ring: 'all', reason: 'x' },
    'roll-back': { reason: 'x' },
    cancel: {},
    retry: {},
    hold: { endpoints: [summary.id], reason: 'x' },
    release: { endpoints: [summary.id] },
    block: { reason: 'x' },
  };
  for (const [name, body] of Object.entries(bodies))
    expect(await fleet.call('POST', `/rollouts/${summary.id}/${name}`, body)).toMatchObject({
      status: 404,
      json: { code: 'unknown-rollout' },
    });
  await sql`update rollout set organisation_id = ${fleet.context.defaultOrganisationId} where id = ${summary.id}`.execute(
    kysely,
  );
});

test('members come in pages that never overlap, found by ring, outcome and name', async () => {
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => fleet.agent(`page-${name}`)));
  const { summary } = await fleet.start(
    await fleet.policy(
      `{ format: 1, name: page, scope: { hostnames: ['page-*'] }, content: endpoint, approvals: { required: 1 } }`,
    ),
  );
  const seen: string[] = [];
  let cursor = '';
  for (let page = 0; page < 4; page += 1) {
    const { json } = await fleet.call('GET', `/rollouts/${summary.id}/members?limit=2${cursor}`);
    expect(json['total']).toBe(5);
    seen.push(...(json['items'] as { hostname: string }[]).map(({ hostname }) => hostname));
    if (json['nextCursor'] === null) break;
    cursor = `&cursor=${json['nextCursor'] as string}`;
  }
  expect(seen).toEqual(['page-a', 'page-b', 'page-c', 'page-d', 'page-e']);
  const total = async (query: string): Promise<unknown> =>
    (await fleet.call('GET', `/rollouts/${summary.id}/members?${query}`)).json['total'];
  expect(await total('search=PAGE-B')).toBe(1);
  expect(await total('search=%25')).toBe(0);
  expect(await total('outcome=done')).toBe(0);
  expect(await total('ring=nowhere')).toBe(0);
  expect(await fleet.call('GET', `/rollouts/${summary.id}/members?cursor=xyz`)).toMatchObject({ status: 400 });
});

test('the server logged no error', () => {
  expect(fleet.errors).toEqual([]);
});
