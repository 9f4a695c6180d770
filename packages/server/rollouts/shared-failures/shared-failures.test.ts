import { randomUUID } from 'node:crypto';
import type { RolloutDetail } from '@thimble/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asOrganisation } from '../../storage/index.ts';
import { type Answer, type RolloutFleet, startRolloutFleet } from '../../testing/rollout-fleet.ts';
import { failuresElsewhere } from './failures-elsewhere.ts';

let fleet: RolloutFleet;
/** Another organisation of the same provider, at which a trial failed. */
let client: string;
const OPENSSL = { name: 'openssl', version: '3.0.17-1' };
beforeAll(async () => {
  fleet = await startRolloutFleet();
  client = await makeClient('Alder');
  await failAt(client, 'first');
});
afterAll(() => fleet.stop());

async function makeClient(name: string): Promise<string> {
  const { json } = await fleet.call('POST', '/organisations', { name });
  return String(json['id']);
}
const share = (mode: string) => fleet.call('PUT', '/failure-sharing', { mode });
/** As the client's own people would. */
const shareAt = (organisation: string, mode: string) =>
  sql`insert into server_setting (organisation_id, name, value, updated_at)
    values (${organisation}, 'share-failures', ${JSON.stringify(mode)}::jsonb, now())
    on conflict (organisation_id, name) do update set value = excluded.value`.execute(fleet.context.database.kysely);
const policy = (name: string): string =>
  `format: 1\nname: ${name}\nscope: { hostnames: ['${name}-*'] }\ncontent: endpoint\n`;

const breaks: Answer = (_agent, { body }) =>
  body.kind !== 'trial'
    ? undefined
    : {
        kind: 'tried',
        transactionDigest: body.transactionDigest,
        logTail: [],
        report: {
          verdict: 'failed',
          message: 'secret-host is down',
          clone: 'overlay on tmpfs',
          brokenPackages: [],
          checks: [],
          gaps: [],
          installMs: 1,
          totalMs: 1,
          diskBytes: 1,
        },
      };

/** A rollout that fails, and that is another organisation's from then on. */
async function failAt(organisation: string, name: string): Promise<void> {
  const agent = await fleet.agent(`${name}-1`);
  const { summary } = await fleet.start(await fleet.policy(policy(name)));
  await fleet.until(summary.id, [agent], ({ summary: { state } }) => state === 'halted', breaks);
  await fleet.call('POST', `/rollouts/${summary.id}/cancel`, {});
  await fleet.until(summary.id, [agent], ({ summary: { endedAt } }) => endedAt !== null);
  await sql`update rollout set organisation_id = ${organisation} where id = ${summary.id}`.execute(
    fleet.context.database.kysely,
  );
}

/** As it is when its first ring is open, or it was halted before: it looks once more in between. */
async function startOne(name: string): Promise<RolloutDetail> {
  await fleet.agent(`${name}-1`);
  const { summary } = await fleet.start(await fleet.policy(policy(name)));
  return fleet.until(
    summary.id,
    [],
    ({ summary: { state }, rings }) => state === 'halted' || rings[0]?.openedAt != null,
  );
}
const told = ({ events }: RolloutDetail) =>
  events.filter(({ actor }) => actor === 'failures elsewhere').map(({ kind }) => kind);

test('nothing is told to who does not share, nor of who does not', async () => {
  await shareAt(client, 'warn');
  expect(told(await startOne('silent'))).toEqual([]);
  await shareAt(client, 'off');
  expect(await share('hold')).toMatchObject({ status: 200, json: { mode: 'hold' } });
  expect(told(await startOne('alone'))).toEqual([]);
});

test('a rollout that takes what failed elsewhere says so, and names nobody', async () => {
  await shareAt(client, 'warn');
  await share('warn');
  const { summary, events } = await startOne('warned');
  const said = events.find(({ kind }) => kind === 'warned')?.summary ?? '';
  expect(said).toMatch(
    /^warned \S+ takes what failed elsewhere: openssl 3\.0\.17-1 failed elsewhere \(debian, last on /,
  );
  expect(said).not.toMatch(/Alder|secret|first-1/);
  expect(summary.state).not.toBe('halted');
});

test('holding stops a rollout before its first ring, once for each version, until somebody lets it go on', async () => {
  await shareAt(client, 'warn');
  await share('hold');
  const { summary, events } = await startOne('held');
  expect(summary.state).toBe('halted');
  expect(events.map(({ kind }) => kind)).toContain('halted');
  const why = events.find(({ kind }) => kind === 'halted')?.summary;
  expect(why).toMatch(/^held \S+ waits for somebody to let it go on: openssl/);
  expect(await fleet.call('POST', `/rollouts/${summary.id}/resume`, {})).toMatchObject({ status: 200 });
  const again = await startOne('again');
  expect(again.summary.state).not.toBe('halted');
  expect(told(again)).toEqual(['warned']);
});

test('organisations are counted only where there are enough of them, and only those below the same provider', async () => {
  const counted = async () =>
    (
      await failuresElsewhere(
        fleet.context.database.kysely,
        fleet.context.clock(),
        fleet.context.defaultOrganisationId,
        [OPENSSL],
      )
    )[0]?.organisationCount;
  await shareAt(client, 'warn');
  expect(await counted()).toBeNull();
  for (const name of ['second', 'third']) {
    const other = await makeClient(name);
    await shareAt(other, 'hold');
    await failAt(other, name);
  }
  expect(await counted()).toBe(3);
  const stranger = randomUUID();
  await sql`insert into organisation (id, name) values (${stranger}, 'Stranger Ltd')`.execute(
    fleet.context.database.kysely,
  );
  expect(await failuresElsewhere(fleet.context.database.kysely, fleet.context.clock(), stranger, [OPENSSL])).toEqual(
    [],
  );
});

test('the rows themselves stay hidden', async () => {
  const { rows } = await asOrganisation(client, () =>
    sql`select 1 from failure_hold union all select 1 from server_setting where name = 'share-failures'
      and organisation_id <> ${client}`.execute(fleet.context.database.kysely),
  );
  expect(rows).toEqual([]);
});

test('who shares is on record', async () => {
  const { rows } = await sql<{ summary: string }>`
    select summary from evidence where kind = 'failure-sharing-changed' order by sequence limit 1`.execute(
    fleet.context.database.kysely,
  );
  expect(rows[0]?.summary).toMatch(/set the sharing of failures with other organisations from off to hold$/);
});

test('what fails elsewhere while a rollout is under way holds it before its next ring, once', async () => {
  const { kysely } = fleet.context.database;
  await sql`delete from failure_hold`.execute(kysely);
  await sql`delete from server_setting where name = 'share-failures'`.execute(kysely);
  await share('hold');
  const agents = [await fleet.agent('late-1'), await fleet.agent('late-2')];
  const rings = 'rings: [{ name: first, members: { count: 1 }, soak: 1h }, { name: others, members: rest }]\n';
  const { summary } = await fleet.start(await fleet.policy(`${policy('late')}${rings}`));
  await fleet.until(summary.id, agents, (detail) => detail.rings[0]?.state === 'soaking');
  await shareAt(client, 'warn');
  fleet.pass(2 * 3_600_000);
  const held = await fleet.until(summary.id, agents, (detail) => detail.summary.state === 'halted');
  expect(held.rings[1]?.openedAt).toBeNull();
  expect(held.failedElsewhere).toMatchObject({ holds: true, patches: [{ ...OPENSSL, organisationCount: null }] });
  expect(await fleet.call('POST', `/rollouts/${summary.id}/resume`, {})).toMatchObject({ status: 200 });
  const after = await fleet.until(summary.id, agents, (detail) => detail.rings[1]?.openedAt != null);
  expect(after.failedElsewhere.holds).toBe(false);
  expect(told(after)).toEqual(['halted']);
  expect(fleet.errors).toEqual([]);
});
