import { createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addTestRepository,
  type ContentUpstream,
  repositoryDetail,
  startContentUpstream,
  synchroniseTestRepository,
} from '../../testing/content-upstream.ts';
import { startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';
import { makeDueSnapshots } from './schedule.ts';

let fleet: TestFleet;
let archive: SignedAptRepository;
let upstream: ContentUpstream;
beforeAll(async () => {
  fleet = await startTestFleet();
  archive = await createSignedAptRepository();
  await archive.build({ name: 'curl', version: '1' });
});
afterAll(async () => {
  await fleet?.stop();
  await upstream?.close();
  await archive?.close();
});

test('what a withdrawn key signed is not frozen, by a person or by schedule; signed anew it is', async () => {
  const date = new Date();
  await archive.publish({ form: 'Release', date });
  upstream = await startContentUpstream(archive);
  const { id } = await addTestRepository(fleet, upstream, archive);
  const newKey = archive.gpg.createKey({ userId: 'New key <archive@example.org>' });
  const keyMaterial = Buffer.from(archive.gpg.exportKeys([newKey], true)).toString();
  const changed = await fleet.call('PUT', `/content/repositories/${id}`, { fingerprints: [newKey], keyMaterial });
  expect(changed.status).toBe(200);
  await synchroniseTestRepository(fleet, id);

  const create = () => fleet.call('POST', '/content/snapshots', { failing: 'last-good', synchronise: false });
  const refused = await create();
  expect(refused).toMatchObject({ status: 409, json: { code: 'key-withdrawn' } });
  expect(refused.json['detail']).toContain(`Test archive: the key ${archive.fingerprint}`);
  expect(refused.json['hint']).toBe('Approve the vendor’s new key and synchronise, or leave those repositories out.');

  await fleet.call('PUT', '/content', { snapshotEveryHours: 24 });
  expect(await makeDueSnapshots(fleet.context)).toEqual([]);
  const { items } = (await fleet.call('GET', '/evidence?limit=1')).json as { items: readonly unknown[] };
  expect(items).toMatchObject([
    {
      kind: 'content-changed',
      actor: 'schedule',
      summary: `no snapshot was made by schedule: ${String(refused.json['detail'])} ${String(refused.json['hint'])}`,
      detail: { code: 'key-withdrawn' },
    },
  ]);
  expect((await fleet.call('GET', '/content/snapshots')).json).toMatchObject({ total: 0 });

  // The same Release, with another signature beside it.
  await archive.publish({ form: 'Release', date, signedBy: [newKey] });
  await upstream.refresh();
  await synchroniseTestRepository(fleet, id);
  const [newest, before] = (await repositoryDetail(fleet, id)).revisions;
  expect([newest?.signedBy, before?.signedBy]).toEqual([newKey, archive.fingerprint]);
  expect(newest).toMatchObject({ sequence: 2, metadataSha256: before?.metadataSha256, addedCount: 0, packageCount: 1 });
  expect(await create()).toMatchObject({ status: 201, json: { revisions: [{ sequence: 2 }] } });
  expect(fleet.errors).toEqual([]);
});
