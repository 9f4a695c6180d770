import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedOrganisation } from '../../testing/seed-content.ts';
import { settle, startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';
import { renewCollectable } from '../collect/collectable.ts';
import { contentOf } from '../content.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet.stop());
const status = async () => (await fleet.call('GET', '/content')).json;

describe('GET /content', () => {
  test('says how the store is', async () => {
    expect(await status()).toMatchObject({
      store: `folder ${fleet.context.settings.data}/content`,
      objectCount: 0,
      objectBytes: 0,
      reserveBytes: 1_024_000_000,
      access: 'agents',
      transfers: [],
      collection: { lastAt: null, removedCount: 0, removedBytes: 0, running: false, collectableBytes: 0 },
      snapshotEveryHours: null,
      retentionDays: 90,
    });
  });

  test('says that a nearly full disk is served from and not added to', async () => {
    const { store } = await contentOf(fleet.context);
    const { space } = store;
    try {
      store.space = async () => ({ freeBytes: 5_000_000, totalBytes: 10_000_000_000 });
      expect(await status()).toMatchObject({
        state: 'full',
        freeBytes: 5_000_000,
        explanation:
          '5 MB are free, less than the reserve of 1024 MB: nothing more is acquired, what is here is served on. Make room: retire snapshots and collect, or give it a larger disk.',
      });
    } finally {
      store.space = space;
    }
    expect(await status()).toMatchObject({ state: 'acquiring', explanation: '' });
  });
});

test('GET /content has the last count of what a collection would remove, and does not wait for a count', async () => {
  const { context } = fleet;
  const { pool } = context.database;
  await renewCollectable(context);
  await pool.query("insert into content_object values ($1, 70, now() - interval '3 days', now())", ['c'.repeat(64)]);
  const collectable = async () => ((await status())['collection'] as { collectableBytes: number }).collectableBytes;
  const blocker = await pool.connect();
  try {
    // Only the count reads packages: it can't end before this.
    await blocker.query('begin');
    await blocker.query('lock table content_package in access exclusive mode');
    const renewed = renewCollectable(context);
    expect(await collectable()).toBe(0);
    await blocker.query('rollback');
    await renewed;
    expect(await collectable()).toBe(70);
  } finally {
    blocker.release();
    await pool.query('delete from content_object');
  }
});

describe('PUT /content', () => {
  test('sets schedule and retention, each alone, and records who did', async () => {
    expect(await fleet.call('PUT', '/content', { snapshotEveryHours: 24 })).toMatchObject({
      status: 200,
      json: { snapshotEveryHours: 24, retentionDays: 90 },
    });
    expect(await fleet.call('PUT', '/content', { retentionDays: 30 })).toMatchObject({
      status: 200,
      json: { snapshotEveryHours: 24, retentionDays: 30 },
    });
    expect(await fleet.call('PUT', '/content', { snapshotEveryHours: null })).toMatchObject({
      json: { snapshotEveryHours: null, retentionDays: 30 },
    });
    const { json } = await fleet.call('GET', '/evidence?limit=3');
    expect((json['items'] as { summary: string }[]).map(({ summary }) => summary)).toEqual([
      'Administrator changed the rules of content: snapshots by hand only',
      'Administrator changed the rules of content: content is kept for 30 days',
      'Administrator changed the rules of content: a snapshot every 24 hours',
    ]);
    const other = await seedOrganisation(fleet.context, 'tenant');
    const { rows } = await fleet.context.database.pool.query('select organisation_id from content_setting');
    expect(rows.map((row: { organisation_id: string }) => row.organisation_id)).not.toContain(other);
  });

  test('400: what makes no sense', async () => {
    for (const body of [{ retentionDays: 0 }, { snapshotEveryHours: 0 }, { retentionDays: 'long' }])
      expect(await fleet.call('PUT', '/content', body)).toMatchObject({ status: 400 });
  });
});

test('POST /content/collect begins a collection, and the status says when it was', async () => {
  expect((await fleet.call('POST', '/content/collect')).status).toBe(202);
  await settle(async () => {
    const { rows } = await fleet.context.database.pool.query(
      'select 1 from content_collection where ended_at is not null',
    );
    return rows.length > 0;
  });
  const { lastAt, running } = (await status())['collection'] as { lastAt: string; running: boolean };
  expect(Date.parse(lastAt)).toBeGreaterThan(Date.now() - 60_000);
  expect(running).toBe(false);
});
