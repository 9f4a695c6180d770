import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAdvisoryStore } from '../../advisories/index.ts';
import {
  fakeAdvisory,
  fakeClaim,
  fakeManifest,
  fakePackage,
  fakeUpdate,
  fakeUpdates,
  publishFeed,
} from '../../testing.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';
import { assessNow } from '../index.ts';
import { assessEverything, noteRules, reassess } from './index.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(async () => {
  expect(fleet.errors).toEqual([]);
  await fleet.stop();
});

const open = async (): Promise<string[]> => {
  const { rows } = await fleet.context.database.pool.query<{ line: string }>(
    `select s.name || ' ' || s.version || ' ' || v.vulnerability as line from verdict v
     join software s on s.id = v.software_id where v.valid_to is null order by 1`,
  );
  return rows.map(({ line }) => line);
};
const commit = async (...advisories: readonly ReturnType<typeof fakeAdvisory>[]): Promise<void> => {
  const writer = await createAdvisoryStore(fleet.context.database, fleet.context.clock).write(
    'debian-tracker',
    'snapshot',
  );
  await writer.advisories(advisories);
  await writer.commit({ watermark: null, validators: new Map(), syncedAt: new Date(), faultCount: 0, faults: [] });
};

describe('assessing again', () => {
  test('a new advisory is held against the software that it names, and no other', async () => {
    await fleet.agent('alpha');
    await publishFeed(fleet.context, 'debian-tracker', [fakeAdvisory('A-1', 'CVE-1-1', [fakeClaim('curl', '9')])]);
    const { pool } = fleet.context.database;
    const assessedAt = async () =>
      (await pool.query('select name, assessed_at from software order by name')).rows as {
        name: string;
        assessed_at: Date;
      }[];
    const before = await assessedAt();
    await publishFeed(fleet.context, 'debian-tracker', [
      fakeAdvisory('A-1', 'CVE-1-1', [fakeClaim('curl', '9')]),
      fakeAdvisory('A-2', 'CVE-1-2', [fakeClaim('openssl', '9')]),
    ]);
    const after = await assessedAt();
    expect(
      after.filter(({ assessed_at: at }, index) => at > (before[index]?.assessed_at ?? 0)).map(({ name }) => name),
    ).toEqual(['openssl']);
    expect(await open()).toEqual(['curl 7.88.1-10 CVE-1-1', 'openssl 3.0.15-1 CVE-1-2']);
  });

  test('killed between taking a name from the queue and writing its verdicts, the name is still there', async () => {
    const { kysely, pool } = fleet.context.database;
    await commit(fakeAdvisory('A-3', 'CVE-1-3', [fakeClaim('openssl', '9')]));
    const dying = kysely.transaction().execute(async (within) => {
      await sql`delete from assessment_due`.execute(within);
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(within);
    });
    await expect(dying).rejects.toThrow();
    const queued = await pool.query('select name from assessment_due order by name');
    expect(queued.rows.length > 0 || (await open()).includes('openssl 3.0.15-1 CVE-1-3')).toBe(true);
    await fleet.context.events.publish({ organisationId: '', topic: 'assessment', key: '' });
    await assessNow(fleet.context);
    expect(await open()).toEqual(['openssl 3.0.15-1 CVE-1-3']);
  });

  test('a full assessment changes nothing where nothing changed, and can be stopped', async () => {
    const { database, clock } = fleet.context;
    const count = async () => (await database.pool.query('select count(*) as n from verdict')).rows[0]?.n as number;
    const before = await count();
    const { software, verdicts } = await assessEverything(database, clock, new AbortController().signal);
    expect({ software, verdicts, count: await count() }).toEqual({ software: 2, verdicts: 1, count: before });
    expect(await assessEverything(database, clock, AbortSignal.abort())).toEqual({ software: 0, verdicts: 0 });
    await reassess(database, [{ namespace: 'debian:12', name: 'openssl' }], clock());
    expect(await count()).toBe(before);
  });

  test('lists that came before there were advisories are looked up later', async () => {
    const { pool } = fleet.context.database;
    await pool.query('update manifest set software_ids = null');
    await pool.query('delete from verdict');
    await pool.query('delete from software_key');
    await pool.query('delete from software_gap');
    await pool.query('delete from software');
    await assessNow(fleet.context);
    expect(await open()).toEqual(['openssl 3.0.15-1 CVE-1-3']);
    const { rows } = await pool.query('select cardinality(software_ids) as n from manifest order by 1');
    expect(rows).toEqual([{ n: 2 }]);
  });

  test('other rules of matching make all software due, equal ones none', async () => {
    const { database } = fleet.context;
    const assessed = async () =>
      (await database.pool.query('select count(assessed_at) as n from software')).rows[0]?.n as number;
    const before = await assessed();
    await noteRules(database);
    expect(await assessed()).toBe(before);
    await noteRules(database, 99);
    await assessNow(fleet.context);
    expect(await assessed()).toBe(before);
    const { rows } = await database.pool.query("select value from server_setting where name = 'matching-rules'");
    expect(rows).toEqual([{ value: 1 }]);
  });

  test('an update that is none of security opens a finding when advisories say what it repairs', async () => {
    await publishFeed(fleet.context, 'debian-tracker', [fakeAdvisory('A-4', 'CVE-1-4', [fakeClaim('zlib', '1.3-2')])]);
    const beta = await fleet.agent('beta', {
      manifest: fakeManifest([fakePackage('zlib', '1.3-1'), fakePackage('bash', '5.2-1')]),
      updates: fakeUpdates([
        fakeUpdate('bash', '5.2-1', '5.2-2', { security: false }),
        fakeUpdate('zlib', '1.3-1', '1.3-2', { security: false }),
      ]),
    });
    await assessNow(fleet.context);
    const { json } = await fleet.call('GET', `/endpoints/${beta.id}/findings`);
    expect(json).toMatchObject({
      items: [{ package: 'zlib', state: 'open', explanation: '1.3-1 is installed, 1.3-2 fixes CVE-1-4' }],
    });
    await publishFeed(fleet.context, 'debian-tracker', [fakeAdvisory('A-4', 'CVE-1-4', [fakeClaim('zlib', '1.3-1')])]);
    const corrected = await fleet.call('GET', `/endpoints/${beta.id}/findings`);
    expect(corrected.json).toMatchObject({ items: [{ package: 'zlib', state: 'closed' }] });
  });
});

test('an endpoint whose last document comes while it is looked at is judged by it, and not forgotten', async () => {
  const { pool } = fleet.context.database;
  const delta = await fleet.agent('delta', {
    manifest: fakeManifest([fakePackage('tar', '1.34-1')]),
    updates: fakeUpdates([fakeUpdate('tar', '1.34-1', '1.34-2')]),
  });
  await assessNow(fleet.context);
  const judged = async () =>
    (await pool.query('select count(*)::int as count from finding where endpoint_id = $1', [delta.id])).rows[0] as {
      count: number;
    };
  expect(await judged()).toEqual({ count: 1 });
  await pool.query('delete from finding where endpoint_id = $1', [delta.id]);
  await pool.query("update heartbeat set reported_updates = 'other' where endpoint_id = $1", [delta.id]);
  const arriving = await pool.connect();
  try {
    await arriving.query('begin');
    await arriving.query('select 1 from endpoint where id = $1 for no key update', [delta.id]);
    await pool.query(
      `insert into endpoint_due (endpoint_id, organisation_id, since)
       select id, organisation_id, $2 from endpoint where id = $1`,
      [delta.id, fleet.context.clock()],
    );
    const looking = assessNow(fleet.context);
    await untilBlocked(pool);
    await arriving.query('update heartbeat set reported_updates = updates_sha256 where endpoint_id = $1', [delta.id]);
    await arriving.query('commit');
    await looking;
  } finally {
    arriving.release();
  }
  expect(await judged()).toEqual({ count: 1 });
});

/** Until a transaction waits for another. */
async function untilBlocked(pool: TestFleet['context']['database']['pool']): Promise<void> {
  for (let round = 0; round < 500; round += 1) {
    const { rows } = await pool.query<{ waits: boolean }>(
      `select exists (select 1 from pg_stat_activity where datname = current_database()
         and cardinality(pg_blocking_pids(pid)) > 0) as waits`,
    );
    if (rows[0]?.waits === true) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('nobody waited');
}

test('nothing of another organisation is counted, listed or explained', async () => {
  const { pool } = fleet.context.database;
  const foreign = '00000000-0000-7000-8000-0000000000ff';
  await pool.query("insert into organisation (id, name) values ($1, 'Other')", [foreign]);
  const gamma = await fleet.agent('gamma', {
    manifest: fakeManifest([fakePackage('secret-thing', '1-1')]),
    updates: fakeUpdates([]),
  });
  await publishFeed(fleet.context, 'debian-tracker', [
    fakeAdvisory('A-5', 'CVE-1-5', [fakeClaim('secret-thing', '2')]),
  ]);
  for (const table of ['endpoint', 'endpoint_manifest', 'manifest', 'heartbeat', 'endpoint_system', 'endpoint_kernel'])
    await pool.query(`alter table ${table} disable trigger all`);
  for (const [table, column] of [
    ['endpoint', 'id'],
    ['heartbeat', 'endpoint_id'],
    ['endpoint_system', 'endpoint_id'],
    ['endpoint_kernel', 'endpoint_id'],
    ['endpoint_manifest', 'endpoint_id'],
  ] as const)
    await pool.query(`update ${table} set organisation_id = $1 where ${column} = $2`, [foreign, gamma.id]);
  await pool.query(
    'update manifest set organisation_id = $1 where id in (select manifest_id from endpoint_manifest where endpoint_id = $2)',
    [foreign, gamma.id],
  );
  await assessNow(fleet.context);
  expect((await fleet.call('GET', '/vulnerabilities?all=true&search=CVE-1-5')).json).toMatchObject({ total: 0 });
  expect((await fleet.call('GET', '/vulnerabilities/CVE-1-5/endpoints')).json).toEqual({ items: [], total: 0 });
  const detail = (await fleet.call('GET', '/vulnerabilities/CVE-1-5')).json;
  expect(detail).toMatchObject({ software: [], trend: [], summary: { endpointCount: 0 } });
  expect((await fleet.call('GET', '/explain?vulnerability=CVE-1-5&package=secret-thing')).status).toBe(404);
  expect((await fleet.call('GET', `/endpoints/${gamma.id}/vulnerabilities`)).status).toBe(404);
  expect((await fleet.call('GET', `/next-patches?endpointId=${gamma.id}`)).status).toBe(404);
  for (const path of ['/gaps', '/risk', '/next-patches', '/vex', '/feeds'])
    expect(JSON.stringify((await fleet.call('GET', path)).json), path).not.toContain('secret-thing');
  const { rows } = await pool.query('select organisation_id from vulnerability_summary where vulnerability = $1', [
    'CVE-1-5',
  ]);
  expect(rows).toEqual([{ organisation_id: foreign }]);
});
