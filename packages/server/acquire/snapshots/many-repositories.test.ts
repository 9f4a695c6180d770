import type { RepositoryList, SnapshotDetail } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedRepository } from '../../testing/seed-content.ts';
import { settle, type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

/** More than are shown of one repository's revisions. */
const COUNT = 220;

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
  for (let number = 0; number < COUNT; number += 1)
    await seedRepository(fleet.context, fleet.context.defaultOrganisationId, `many${number}`);
  // There is nothing at their addresses: whichever was looked at already is failing, which is not what is tested here.
  const { pool } = fleet.context.database;
  await pool.query("update content_repository set next_at = now() + interval '1 day'");
  await settle(
    async () => (await pool.query('select 1 from content_repository where running is not null')).rows.length === 0,
  );
  await pool.query('delete from content_fault');
});
afterAll(() => fleet?.stop());

test('a snapshot has all repositories that were meant, or is not made: none is left out in silence', async () => {
  for (const failing of ['refuse', 'last-good']) {
    const all = await fleet.call('POST', '/content/snapshots', { synchronise: false, failing });
    expect(all).toMatchObject({ status: 409, json: { code: 'too-many-repositories' } });
  }
  const { items } = (await fleet.call('GET', '/content/repositories')).json as unknown as RepositoryList;
  const repositoryIds = items.map(({ id }) => id).slice(0, 200);
  const { status, json } = await fleet.call('POST', '/content/snapshots', { repositoryIds, synchronise: false });
  expect(status).toBe(201);
  const { summary, revisions } = json as unknown as SnapshotDetail;
  expect(summary.revisionCount).toBe(200);
  expect(new Set(revisions.map(({ repositoryId }) => repositoryId))).toEqual(new Set(repositoryIds));
});

test('each repository is listed with its newest revision, however many there are', async () => {
  const { items } = (await fleet.call('GET', '/content/repositories')).json as unknown as RepositoryList;
  expect(items).toHaveLength(COUNT);
  expect(items.filter(({ latest }) => latest === null)).toEqual([]);
});
