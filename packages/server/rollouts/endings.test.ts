import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRolloutFleet, type Answer, type RolloutFleet } from '../testing/rollout-fleet.ts';

const HOUR_MS = 3_600_000;
let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet();
});
afterAll(async () => {
  await fleet.stop();
});

const policy = (prefix: string, more = ''): string => `
format: 1
name: ${prefix}
scope: { hostnames: ['${prefix}-*'] }
content: endpoint
atOnce: 100%
trial: { mode: none }
rings:
  - { name: canary, members: { filter: { hostnames: ['*-canary*'] } } }
  - { name: rest, members: rest }
${more}`;

const over = ({ summary }: { summary: { endedAt: string | null } }): boolean => summary.endedAt !== null;
const ordersOf = async (endpointId: string | undefined): Promise<readonly string[]> => {
  const { rows } = await sql<{ kind: string }>`
    select kind from endpoint_order where endpoint_id = ${endpointId} and kind <> 'scan' order by generation`.execute(
    fleet.context.database.kysely,
  );
  return rows.map(({ kind }) => kind);
};

/** A new kernel: effective after the next start of the machine. */
const needsReboot: Answer = (agent, { body }) => {
  if (body.kind !== 'apply') return undefined;
  agent.install(body.transaction);
  const waits = [{ kind: 'reboot' as const, reason: 'kernel 6.1.0-40 installed, 6.1.0-37 running' }];
  const verification = agent.verification({ effective: false, waits });
  return { kind: 'applied', verification, kept: [], rollbackGaps: [], resumed: false };
};

test('what needs a reboot gets one by the policy’s rule, and is patched when it is up again', async () => {
  const agents = [await fleet.agent('kernel-canary1'), await fleet.agent('kernel-web1')];
  const more = 'deploy: { reboot: { when: if-needed, consent: ask, deferFor: 2h }, checks: [{ tcp: 22 }] }';
  const { summary } = await fleet.start(await fleet.policy(policy('kernel', more)));
  const end = await fleet.until(summary.id, agents, over, needsReboot);
  expect(end.summary).toMatchObject({ state: 'finished', counts: { done: 2 } });
  expect(await ordersOf(agents[0]?.id)).toEqual(['plan', 'apply', 'reboot']);
  const { rows } = await sql<{ payload: string }>`select envelope->>'payload' as payload from endpoint_order
    where endpoint_id = ${agents[0]?.id} and kind = 'reboot'`.execute(fleet.context.database.kysely);
  expect(JSON.parse(Buffer.from(rows[0]?.payload ?? '', 'base64').toString('utf8'))).toMatchObject({
    body: { consent: { deferForSeconds: 7200 }, checks: [{ tcp: 22 }] },
  });
});

test('a reboot is ordered for its window: when its order comes later, the endpoint does not reboot', async () => {
  const agents = [await fleet.agent('night-canary1')];
  const nowMs = fleet.context.clock().getTime();
  const opens = new Date(nowMs - HOUR_MS).toISOString().slice(11, 16);
  const more = `windows: [{ name: now, on: every day, at: '${opens}', lasts: 90m, timeZone: UTC }]
deploy: { expectedDuration: 5m }`;
  const { summary } = await fleet.start(await fleet.policy(policy('night', more)));
  await fleet.until(summary.id, agents, over, needsReboot);
  const { rows } = await sql<{ expires_at: Date }>`select expires_at from endpoint_order
    where endpoint_id = ${agents[0]?.id} and kind = 'reboot'`.execute(fleet.context.database.kysely);
  const windowEndsMs = Date.parse(`${new Date(nowMs - HOUR_MS).toISOString().slice(0, 16)}:00.000Z`) + 1.5 * HOUR_MS;
  // A reboot takes ten minutes.
  expect(rows[0]?.expires_at.getTime()).toBe(windowEndsMs - 10 * 60_000);
});

test('a policy that never reboots leaves it to people, and says so', async () => {
  const agents = [await fleet.agent('never-canary1')];
  const { summary } = await fleet.start(await fleet.policy(policy('never', 'deploy: { reboot: { when: never } }')));
  await fleet.until(summary.id, agents, over, needsReboot);
  expect(await ordersOf(agents[0]?.id)).toEqual(['plan', 'apply']);
  expect((await fleet.members(summary.id)).get('never-canary1')).toMatchObject({ state: 'waits-for-reboot' });
});

test('an endpoint that vanishes in the middle of its installation is unknown, which is no success: the rollout halts', async () => {
  const agents = [await fleet.agent('gone-canary1'), await fleet.agent('gone-web1')];
  const { summary } = await fleet.start(await fleet.policy(policy('gone')));
  const silent: Answer = (_agent, { body }) => (body.kind === 'apply' ? 'silence' : undefined);
  await fleet.until(summary.id, agents, async () => (await ordersOf(agents[0]?.id)).length === 2, silent);
  await agents[0]?.takeOrders();
  fleet.pass(24 * HOUR_MS);
  const halted = await fleet.until(summary.id, agents.slice(1), ({ summary: { state } }) => state === 'halted');
  expect(halted.summary.counts.failed).toBe(1);
  expect((await fleet.members(summary.id)).get('gone-canary1')?.explanation).toContain('unknown');
  expect(await ordersOf(agents[1]?.id)).toEqual([]);
  await fleet.call('POST', `/rollouts/${summary.id}/cancel`, {});
});

test('an endpoint that is removed in the middle is left out, and holds nobody up', async () => {
  const agents = [await fleet.agent('removed-canary1'), await fleet.agent('removed-web1')];
  const { summary } = await fleet.start(await fleet.policy(policy('removed')));
  await fleet.call('DELETE', `/endpoints/${agents[1]?.id}`);
  const end = await fleet.until(summary.id, agents.slice(0, 1), over);
  expect(end.summary).toMatchObject({ state: 'finished', counts: { done: 1, 'left-out': 1 } });
});

test('the server logged no error', () => {
  expect(fleet.errors).toEqual([]);
});
