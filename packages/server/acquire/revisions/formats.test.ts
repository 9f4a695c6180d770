import { createHash } from 'node:crypto';
import { createSignedApkRepository, type HostileUpstream, startHostileUpstream } from '@thimble/content/testing';
import type { RepositorySummary } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repositoryDetail, synchroniseTestRepository } from '../../testing/content-upstream.ts';
import { type TestFleet, settle, startTestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
let upstream: HostileUpstream;
beforeAll(async () => {
  fleet = await startTestFleet();
  upstream = await startHostileUpstream();
});
afterAll(async () => {
  await fleet?.stop();
  await upstream?.close();
});

const serve = (files: ReadonlyMap<string, Uint8Array>): void => {
  for (const [path, bytes] of files) upstream.set(path, { kind: 'file', bytes });
};
const add = async (body: Readonly<Record<string, unknown>>): Promise<RepositorySummary> => {
  const { status, json } = await fleet.call('POST', '/content/repositories', {
    mirrorList: null,
    suite: '',
    components: [],
    architectures: [],
    fingerprints: [],
    ...body,
  });
  expect({ status, json }).toMatchObject({ status: 201 });
  return json as unknown as RepositorySummary;
};
const detail = async (id: string): Promise<RepositorySummary> => (await repositoryDetail(fleet, id)).summary;

test('what metadata names by another digest than SHA-256 is found again by it', async () => {
  const apk = createSignedApkRepository();
  serve(
    await apk.files([
      { name: 'musl', version: '1.2.4-r2' },
      { name: 'busybox', version: '1.36.1-r5' },
    ]),
  );
  const { id } = await add({
    name: 'Alpine',
    format: 'apk',
    uris: [upstream.url],
    architectures: ['x86_64'],
    fingerprints: [apk.key.anchor.fingerprint],
    // Signatures name their key by its file, which the key itself does not say.
    keyMaterial: `${apk.key.name}\n${Buffer.from(apk.key.anchor.material).toString()}`,
    mode: 'mirror',
  });
  await settle(async () => (await detail(id)).latest?.storedCount === 2);
  expect(await detail(id)).toMatchObject({
    health: 'fresh',
    latest: { packageCount: 2, metadataPath: 'x86_64/APKINDEX.tar.gz' },
  });
  const { rows } = await fleet.context.database.pool.query(
    `select check_kind, o.sha256 is not null as stored from content_package p left join content_object o using (sha256)
     where repository_id = $1`,
    [id],
  );
  expect(rows).toEqual([
    { check_kind: 'apk', stored: true },
    { check_kind: 'apk', stored: true },
  ]);
});

test('files that people stated need no key, and another digest under the same version is their decision', async () => {
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const entry = (bytes: Uint8Array) => ({
    name: 'installer',
    version: '1.0',
    url: 'installer.exe',
    sha256: sha256(bytes),
    sizeBytes: null,
    signatureKind: 'authenticode',
  });
  const one = Buffer.from('one');
  upstream.set('installer.exe', { kind: 'file', bytes: one });
  const { id } = await add({ name: 'Tools', format: 'generic', uris: [upstream.url], files: [entry(one)] });
  await settle(async () => (await detail(id)).health === 'fresh');
  expect(await detail(id)).toMatchObject({ latest: { packageCount: 1, packageBytes: 3, storedCount: 1 }, keys: [] });
  const two = Buffer.from('other');
  upstream.set('installer.exe', { kind: 'file', bytes: two });
  expect(await synchroniseTestRepository(fleet, id)).toMatchObject({ health: 'fresh', latest: { sequence: 1 } });
  await fleet.call('PUT', `/content/repositories/${id}`, { files: [entry(two)] });
  await settle(async () => (await detail(id)).latest?.sequence === 2);
  expect(await detail(id)).toMatchObject({ health: 'fresh', latest: { packageBytes: 5 } });
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
