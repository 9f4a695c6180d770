import type { Order } from '@thimble/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRolloutFleet, type RolloutFleet } from '../testing/rollout-fleet.ts';

const HOUR_MS = 3_600_000;
let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet();
});
afterAll(async () => {
  await fleet.stop();
});

const clockTime = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
/** The whole minute in so many hours, as the fleet's clock has it. */
const inHours = (hours: number): number =>
  Math.floor((fleet.context.clock().getTime() + hours * HOUR_MS) / 60_000) * 60_000;
const nightly = (prefix: string, startMs: number): string => `
format: 1
name: ${prefix}
scope: { hostnames: ['${prefix}-*'] }
content: endpoint
atOnce: 100%
windows:
  - { name: night, on: every day, at: '${clockTime(startMs)}', timeZone: UTC, lasts: 2h }
deploy: { expectedDuration: 30m }
rings:
  - { name: canary, members: { filter: { hostnames: ['*-canary*'] } } }
  - { name: rest, members: rest }
`;

async function appliesOf(hostname: string): Promise<readonly Order[]> {
  const { rows } = await sql<{ payload: string }>`
    select o.envelope->>'payload' as payload from endpoint_order o join endpoint e on e.id = o.endpoint_id
    where e.hostname = ${hostname} and o.kind = 'apply' order by o.generation`.execute(fleet.context.database.kysely);
  return rows.map(({ payload }) => JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Order);
}

test('everything is ready before the window, and nothing is installed outside it or when it could not end in it', async () => {
  const agents = [await fleet.agent('night-canary1')];
  const startMs = inHours(3);
  const { summary } = await fleet.start(await fleet.policy(nightly('night', startMs)));
  await fleet.until(
    summary.id,
    agents,
    async () => (await fleet.members(summary.id)).get('night-canary1')?.trial === 'passed',
  );
  await fleet.until(
    summary.id,
    agents,
    async () => (await fleet.members(summary.id)).get('night-canary1')?.wait === 'window',
  );
  const waiting = (await fleet.members(summary.id)).get('night-canary1');
  expect(waiting).toMatchObject({ outcome: 'waiting', slot: { window: 'night' } });
  expect(Date.parse(waiting?.waitsUntil ?? '')).toBe(startMs);
  expect(waiting?.explanation).toContain('window night');
  expect(await appliesOf('night-canary1')).toEqual([]);
  fleet.pass(startMs - fleet.context.clock().getTime());
  const end = await fleet.until(summary.id, agents, (detail) => detail.summary.endedAt !== null);
  expect(end.summary.state).toBe('finished');
  const [order] = await appliesOf('night-canary1');
  expect(Date.parse(order?.issuedAt ?? '')).toBeGreaterThanOrEqual(startMs);
  // It takes half an hour at most, so it begins until half an hour before the window's end, or is refused by the endpoint.
  expect(Date.parse(order?.expiresAt ?? '')).toBe(startMs + 1.5 * HOUR_MS);
});

test('an order that was not fetched in its window is withdrawn, and goes out in the next one', async () => {
  const agents = [await fleet.agent('late-canary1')];
  const startMs = inHours(2);
  const { summary } = await fleet.start(await fleet.policy(nightly('late', startMs)));
  await fleet.until(
    summary.id,
    agents,
    async () => (await fleet.members(summary.id)).get('late-canary1')?.wait === 'window',
  );
  fleet.pass(startMs - fleet.context.clock().getTime());
  // It reports, so it is there; but it does not fetch.
  await fleet.until(summary.id, [], async () => {
    await agents[0]?.report();
    return (await appliesOf('late-canary1')).length === 1;
  });
  fleet.pass(3 * HOUR_MS);
  const waitsFor = async (): Promise<string | null | undefined> => {
    // Nobody tells that an endpoint is back: it is seen when the time has come to look.
    fleet.pass(5_000);
    return (await fleet.members(summary.id)).get('late-canary1')?.wait;
  };
  await fleet.until(summary.id, agents, async () => (await waitsFor()) === 'retry');
  fleet.pass(HOUR_MS / 2);
  await fleet.until(summary.id, agents, async () => (await waitsFor()) === 'window');
  expect(agents[0]?.manifest.packages.find(({ name }) => name === 'openssl')?.version).toBe('3.0.15-1');
  fleet.pass(startMs + 24 * HOUR_MS - fleet.context.clock().getTime());
  const end = await fleet.until(summary.id, agents, (detail) => detail.summary.endedAt !== null);
  expect(end.summary).toMatchObject({ state: 'finished', counts: { done: 1 } });
  expect(await appliesOf('late-canary1')).toHaveLength(2);
});

test('who is off holds nobody up, and catches up in the next window after it is back', async () => {
  const agents = [await fleet.agent('off-canary1'), await fleet.agent('off-web1'), await fleet.agent('off-web2')];
  const [canary, , web] = agents;
  if (canary === undefined || web === undefined) throw new Error('no agents');
  const startMs = inHours(2);
  const { summary } = await fleet.start(await fleet.policy(nightly('off', startMs)));
  fleet.pass(startMs - fleet.context.clock().getTime());
  await fleet.call('POST', `/rollouts/${summary.id}/hold`, { endpoints: [web.id], reason: 'demonstration' });
  const first = await fleet.until(summary.id, [canary, web], ({ rings }) => rings[0]?.passedAt !== null);
  expect(first.rings[1]?.openedAt).not.toBeNull();
  expect((await fleet.members(summary.id)).get('off-web1')).toMatchObject({ outcome: 'offline', wait: 'offline' });
  fleet.pass(24 * HOUR_MS);
  await fleet.until(summary.id, agents, ({ summary: { counts } }) => counts.done === 2);
  await fleet.call('POST', `/rollouts/${summary.id}/release`, { endpoints: [web.id] });
  const end = await fleet.until(summary.id, agents, (detail) => detail.summary.endedAt !== null);
  expect(end.summary).toMatchObject({ state: 'finished', counts: { done: 3 } });
});

test('a freeze keeps everything from beginning until it ends', async () => {
  const agents = [await fleet.agent('cold-canary1')];
  const frozen = await fleet.call('POST', '/freezes', { reason: 'quarter end', scope: { hostnames: ['cold-*'] } });
  expect(frozen.status).toBe(201);
  const startMs = inHours(0);
  const { summary } = await fleet.start(await fleet.policy(nightly('cold', startMs)));
  await fleet.until(
    summary.id,
    agents,
    async () => (await fleet.members(summary.id)).get('cold-canary1')?.wait === 'hold',
  );
  expect((await fleet.members(summary.id)).get('cold-canary1')?.explanation).toContain('quarter end');
  await fleet.call('DELETE', `/freezes/${frozen.json['id']}`);
  fleet.pass(30_000);
  const end = await fleet.until(summary.id, agents, (detail) => detail.summary.endedAt !== null);
  expect(end.summary.counts.done).toBe(1);
});

test('the server logged no error', () => {
  expect(fleet.errors).toEqual([]);
});
