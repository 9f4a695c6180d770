import { createCalendarCache } from '@thimble/rollouts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRolloutFleet, type RolloutFleet } from '../../testing/rollout-fleet.ts';
import { startScheduled } from './scheduled-starts.ts';
import { startUrgent } from './urgent-starts.ts';

const DAY_MS = 86_400_000;
let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet();
});
afterAll(async () => {
  await fleet.stop();
});

const policy = (prefix: string, start: string): string => `
format: 1
name: ${prefix}
scope: { hostnames: ['${prefix}-*'] }
content: endpoint
atOnce: 100%
trial: { mode: none }
start: ${start}
`;

interface Started {
  readonly summary: string;
  readonly rollout_id: string | null;
}

async function startsOf(policyId: string): Promise<readonly Started[]> {
  const { rows } = await sql<Started>`select summary, rollout_id from policy_start where policy_id = ${policyId}
    order by occurs_at`.execute(fleet.context.database.kysely);
  return rows;
}

async function rolloutsOf(
  policyId: string,
): Promise<readonly { id: string; started_for: string; started_by: string }[]> {
  const { rows } = await sql<{ id: string; started_for: string; started_by: string }>`
    select id, started_for, started_by from rollout where policy_id = ${policyId} order by started_at`.execute(
    fleet.context.database.kysely,
  );
  return rows;
}

const look = async (): Promise<void> =>
  startScheduled(fleet.context, createCalendarCache(), fleet.context.defaultOrganisationId);

test('a calendar starts a rollout once, by however many servers; the next occurrence finds nothing to do and says so', async () => {
  const agents = [await fleet.agent('daily-web1')];
  const time = fleet.context.clock().toISOString().slice(11, 16);
  // The minute that is now has begun already: the first start is tomorrow.
  const policyId = await fleet.policy(policy('daily', `{ on: every day, at: '${time}', timeZone: UTC }`));
  await look();
  expect(await startsOf(policyId)).toEqual([]);
  fleet.pass(DAY_MS);
  await agents[0]?.report();
  await Promise.all([look(), look(), look()]);
  const [rollout, ...more] = await rolloutsOf(policyId);
  expect(more).toEqual([]);
  expect(rollout).toMatchObject({ started_for: 'schedule', started_by: 'policy daily' });
  expect(await startsOf(policyId)).toEqual([{ summary: 'started', rollout_id: rollout?.id }]);
  await fleet.until(rollout?.id ?? '', agents, ({ summary }) => summary.endedAt !== null);
  fleet.pass(DAY_MS);
  await agents[0]?.report();
  await look();
  expect((await startsOf(policyId))[1]).toMatchObject({ rollout_id: null });
  expect((await startsOf(policyId))[1]?.summary).toContain('lacks anything');
  const evidence = await fleet.call('GET', '/evidence?limit=50');
  expect(JSON.stringify(evidence.json)).toContain('start of daily at');
});

test('what a policy calls urgent starts a rollout at once, and the same fix does not start another one', async () => {
  const agents = [await fleet.agent('quick-web1')];
  const policyId = await fleet.policy(policy('quick', '{ urgent: { packages: [openssl] } }'));
  const organisationId = fleet.context.defaultOrganisationId;
  await Promise.all([startUrgent(fleet.context, organisationId), startUrgent(fleet.context, organisationId)]);
  const [rollout, ...more] = await rolloutsOf(policyId);
  expect(more).toEqual([]);
  expect(rollout).toMatchObject({ started_for: 'urgent' });
  await fleet.call('POST', `/rollouts/${rollout?.id}/cancel`, {});
  await fleet.until(rollout?.id ?? '', agents, ({ summary }) => summary.endedAt !== null);
  await startUrgent(fleet.context, organisationId);
  expect(await rolloutsOf(policyId)).toHaveLength(1);
});

test('the server logged no error', () => {
  expect(fleet.errors).toEqual([]);
});
