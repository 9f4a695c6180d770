import type { Advisory, Fact } from '@thimble/advisories';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, createTestDatabase } from '../storage/testing.ts';
import { claimsOfKeys, createAdvisoryStore } from './index.ts';

let database: TestDatabase;
let now = new Date('2026-05-01T00:00:00.000Z');
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const SHA = 'a'.repeat(64);
const KEY = { namespace: 'debian:12', nameKind: 'source', name: 'openssl' } as const;

function advisory(id: string, fixed: string, rest: Partial<Advisory> = {}): Advisory {
  return {
    id,
    name: id,
    aliases: [],
    vulnerabilities: ['CVE-2026-0001'],
    title: id,
    summary: '',
    published: null,
    modified: null,
    withdrawn: null,
    severity: null,
    cvss: [],
    references: [],
    claims: [
      {
        ...KEY,
        vulnerabilities: [],
        status: 'affected',
        scheme: 'deb',
        intervals: [{ introduced: null, fixed, lastAffected: null }],
        versions: [],
        fix: { state: 'fixed', version: fixed },
        vendorStatus: null,
        severity: null,
        channel: null,
        module: null,
        architectures: null,
        requires: [],
      },
    ],
    provenance: { feed: 'test', record: id, sha256: SHA },
    ...rest,
  };
}

function epss(vulnerability: string, probability: number): Fact {
  return {
    body: { kind: 'epss', vulnerability, probability, percentile: 0.5, scoredOn: '2026-05-01' },
    provenance: { feed: 'epss', record: vulnerability, sha256: SHA },
  };
}

const result = (watermark: string) => ({
  watermark,
  validators: new Map([['list', { etag: '"1"', lastModified: null, sha256: SHA }]]),
  syncedAt: now,
  faultCount: 0,
  faults: [],
});

describe('advisories in PostgreSQL', () => {
  const store = () => createAdvisoryStore(database, () => now);
  const sync = async (mode: 'snapshot' | 'delta', records: readonly Advisory[], gone: readonly string[] = []) => {
    const writer = await store().write('test', mode);
    await writer.advisories(records);
    await writer.remove(gone);
    await writer.commit(result(`${now.getTime()}`));
  };
  const due = async () => {
    const { rows } = await database.pool.query('delete from assessment_due returning namespace, name, name_kind');
    return rows;
  };

  test('nothing is seen before the commit, everything after it, and the names are queued in the same moment', async () => {
    const writer = await store().write('test', 'snapshot');
    await writer.advisories([advisory('DSA-1', '3.0.17-1'), advisory('DSA-2', '3.0.18-1')]);
    expect(await store().claims([KEY])).toEqual([]);
    expect(await store().state('test')).toBeNull();
    await writer.commit(result('1'));
    expect(await store().claims([KEY])).toMatchObject([
      { advisory: { id: 'DSA-1', provenance: { feed: 'test', record: 'DSA-1', sha256: SHA } } },
      { advisory: { id: 'DSA-2' } },
    ]);
    expect((await store().claims([KEY]))[0]?.claim).toEqual(advisory('DSA-1', '3.0.17-1').claims[0]);
    expect(await store().state('test')).toMatchObject({ watermark: '1', advisoryCount: 2, changedAt: now });
    expect(await due()).toEqual([{ namespace: 'debian:12', name: 'openssl', name_kind: 'source' }]);
  });

  test('equal records leave no trace; a corrected one ends the old claim and keeps it readable', async () => {
    const before = now;
    now = new Date('2026-05-02T00:00:00.000Z');
    await sync('snapshot', [advisory('DSA-1', '3.0.17-1'), advisory('DSA-2', '3.0.18-1')]);
    expect(await due()).toEqual([]);
    expect(await store().state('test')).toMatchObject({ syncedAt: now, changedAt: before });
    now = new Date('2026-05-03T00:00:00.000Z');
    await sync('snapshot', [advisory('DSA-1', '3.0.19-1'), advisory('DSA-2', '3.0.18-1')]);
    expect((await store().claims([KEY])).map(({ claim }) => claim.fix.version)).toEqual(['3.0.19-1', '3.0.18-1']);
    const then = await claimsOfKeys(database.kysely, [KEY], before);
    expect(then.map(({ claim }) => claim.fix.version)).toEqual(['3.0.17-1', '3.0.18-1']);
    expect(await due()).toHaveLength(1);
  });

  test('a changed title writes the record anew, and queues nothing', async () => {
    await sync('delta', [advisory('DSA-1', '3.0.19-1', { title: 'another' })]);
    expect(await due()).toEqual([]);
    const { rows } = await database.pool.query(`select count(*) as n from advisory_version where valid_to is null`);
    expect(rows[0]?.n).toBe(2);
  });

  test('a snapshot ends what it does not name, a delta only what it takes back', async () => {
    await sync('delta', [], ['DSA-2']);
    expect(await store().claims([KEY])).toHaveLength(1);
    await sync('snapshot', [advisory('DSA-3', '3.0.20-1')]);
    expect((await store().claims([KEY])).map(({ advisory: { id } }) => id)).toEqual(['DSA-3']);
    await sync('snapshot', []);
    expect(await store().claims([KEY])).toEqual([]);
    expect(await store().state('test')).toMatchObject({ advisoryCount: 0 });
  });

  test('the last word on a record counts, within one synchronisation too', async () => {
    const writer = await store().write('test', 'delta');
    await writer.advisories([advisory('DSA-4', '1')]);
    await writer.remove(['DSA-4']);
    await writer.advisories([advisory('DSA-4', '2')]);
    await writer.advisories([advisory('DSA-5', '2')]);
    await writer.remove(['DSA-5']);
    await writer.commit(result('x'));
    expect((await store().claims([KEY])).map(({ claim }) => claim.fix.version)).toEqual(['2']);
  });

  test('abandoned, or cut off by a dead connection, the last good state stays, and the feed can be written again', async () => {
    const writer = await store().write('test', 'snapshot');
    await expect(store().write('test', 'delta')).rejects.toMatchObject({ code: 'advisories-locked' });
    await writer.advisories([advisory('DSA-9', '9')]);
    await writer.abandon();
    await expect(writer.commit(result('never'))).rejects.toThrow('ended already');
    const dying = await store().write('test', 'snapshot');
    await dying.advisories([advisory('DSA-9', '9')]);
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = ${0x6665_6564}`,
    );
    await expect(dying.commit(result('never'))).rejects.toThrow();
    expect(await store().claims([KEY])).toHaveLength(1);
    expect(await store().state('test')).toMatchObject({ watermark: 'x' });
    await (await store().write('test', 'delta')).abandon();
  });

  test('a failure is noted beside the last good state, and the next commit ends it', async () => {
    await store().fail('test', { at: now, code: 'unreachable', message: 'no answer' });
    expect(await store().state('test')).toMatchObject({
      watermark: 'x',
      failure: { at: now, code: 'unreachable', message: 'no answer' },
    });
    await sync('delta', []);
    expect(await store().state('test')).toMatchObject({ failure: null });
  });

  test('scores change in place, but for a vulnerability that somebody has', async () => {
    await database.pool
      .query(`insert into vulnerability (id, title, severity, exploited, exploit_public, score, decision,
      priority, computed_at) values ('CVE-2026-0001', '', 'high', false, false, 1, 'track', '{}', now())`);
    for (const probability of [0.1, 0.1, 0.2]) {
      const writer = await store().write('epss', 'snapshot');
      await writer.facts([epss('CVE-2026-0001', probability), epss('CVE-2026-0002', probability)]);
      await writer.commit(result('e'));
    }
    expect(await store().facts('epss', ['CVE-2026-0001', 'CVE-2026-0002'])).toEqual([
      epss('CVE-2026-0001', 0.2).body,
      epss('CVE-2026-0002', 0.2).body,
    ]);
    const { rows } = await database.pool.query('select subject, count(*) as n from fact group by 1 order by 1');
    expect(rows).toEqual([
      { subject: 'CVE-2026-0001', n: 2 },
      { subject: 'CVE-2026-0002', n: 1 },
    ]);
    const queued = await database.pool.query('select vulnerability from priority_due');
    expect(queued.rows).toEqual([{ vulnerability: 'CVE-2026-0001' }]);
  });

  test('what PostgreSQL can not store is replaced, not refused: NUL and half a surrogate pair', async () => {
    await sync('delta', [advisory('DSA-6', '6', { title: 'a\0b\ud800c\\u0000', summary: '😀' })]);
    const { rows } = await database.pool.query(
      `select document->>'title' as title, document->>'summary' as summary from advisory a
       join advisory_version v on v.advisory_id = a.id where record_id = 'DSA-6'`,
    );
    expect(rows).toEqual([{ title: 'a\ufffdb\ufffdc\\u0000', summary: '😀' }]);
  });
});
