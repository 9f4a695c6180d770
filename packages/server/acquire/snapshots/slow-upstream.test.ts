import { createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addTestRepository,
  type ContentUpstream,
  startContentUpstream,
  synchroniseTestRepository,
} from '../../testing/content-upstream.ts';
import { startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';
import { createSnapshot } from './create.ts';

let fleet: TestFleet;
let archives: readonly SignedAptRepository[];
let upstreams: readonly ContentUpstream[];
beforeAll(async () => {
  fleet = await startTestFleet();
  archives = await Promise.all([createSignedAptRepository(), createSignedAptRepository()]);
  for (const archive of archives) {
    await archive.build({ name: 'curl', version: '1' });
    await archive.publish();
  }
  upstreams = await Promise.all(archives.map(startContentUpstream));
});
afterAll(async () => {
  await fleet?.stop();
  for (const upstream of upstreams ?? []) await upstream.close();
  for (const archive of archives ?? []) await archive.close();
});

test('with last good revisions, a slow upstream is not waited for to the end; the news of others are', async () => {
  const [slow, quick] = upstreams;
  const [slowArchive, quickArchive] = archives;
  if (slow === undefined || quick === undefined || slowArchive === undefined || quickArchive === undefined)
    throw new Error('there are two');
  const { id } = await addTestRepository(fleet, slow, slowArchive, { name: 'Slow' });
  await quickArchive.publish();
  let go: () => void = () => undefined;
  const until = new Promise<void>((resolve) => {
    go = resolve;
  });
  slow.set('dists/stable/InRelease', { kind: 'held', until, next: { kind: 'status', status: 404 } });
  // It has nothing yet that could be taken: it is waited for, however long.
  const adding = addTestRepository(fleet, quick, quickArchive, { name: 'Quick' });
  const { context } = fleet;
  const by = { organisationId: context.defaultOrganisationId, name: 'tester' };
  await expect
    .poll(async () => (await context.database.pool.query('select 1 from content_repository')).rows.length)
    .toBe(2);
  const left = new AbortController().signal;
  try {
    const { revisions } = await createSnapshot(context, by, { failing: 'last-good' }, left, 0);
    expect(revisions.map(({ repositoryName, sequence }) => [repositoryName, sequence])).toEqual([
      ['Quick', 1],
      ['Slow', 1],
    ]);
    const { rows } = await context.database.pool.query(
      'select asked_at is not null as waits from content_repository where id = $1',
      [id],
    );
    expect(rows).toEqual([{ waits: true }]);
  } finally {
    go();
  }
  await adding;
  await slow.refresh();
  await synchroniseTestRepository(fleet, id);
  expect(fleet.errors).toEqual([]);
});
