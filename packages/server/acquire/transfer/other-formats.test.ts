import { createHash } from 'node:crypto';
import { openManifest, signManifest } from '@thimble/content/bundle';
import { createSignedApkRepository } from '@thimble/content/testing';
import type { ContentManifest, RepositorySummary, SnapshotDetail, SnapshotManifestReply } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ContentUpstream,
  startContentUpstream,
  synchroniseTestRepository,
} from '../../testing/content-upstream.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

let outside: TestFleet;
let inside: TestFleet;
let upstream: ContentUpstream;
let apk: Map<string, Uint8Array>;
let manifest: ContentManifest;
let reply: SnapshotManifestReply;
const INSTALLER = Buffer.from('an installer of 29 bytes only');
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

beforeAll(async () => {
  outside = await startTestFleet();
  inside = await startTestFleet({ settings: { feedKeys: outside.context.orderKey.keyid } });
  const repository = createSignedApkRepository();
  apk = await repository.files([
    { name: 'one', version: '1.0-r0' },
    { name: 'two', version: '2.0-r0' },
  ]);
  upstream = await startContentUpstream({ files: async () => new Map([...apk, ['setup.exe', INSTALLER]]) });
  const { key } = repository;
  const uris = [upstream.url];
  await added({
    name: 'Alpine',
    ...repository.definition,
    uris,
    fingerprints: [key.anchor.fingerprint],
    keyMaterial: `${key.name}\n${Buffer.from(key.anchor.material).toString()}`,
  });
  await added({
    name: 'Installers',
    format: 'generic',
    uris,
    mirrorList: null,
    suite: '',
    components: [],
    architectures: [],
    fingerprints: [],
    // Its size is learnt by fetching it; there it can't be.
    files: [
      {
        name: 'setup',
        version: '1',
        url: 'setup.exe',
        sha256: digest(INSTALLER),
        sizeBytes: null,
        signatureKind: 'none',
      },
    ],
  });
  const { status, json } = await outside.call('POST', '/content/snapshots', { name: 'one' });
  expect(status, JSON.stringify(json)).toBe(201);
  const { id } = (json as unknown as SnapshotDetail).summary;
  reply = (await outside.call('GET', `/content/snapshots/${id}/manifest?packages=all`))
    .json as unknown as SnapshotManifestReply;
  manifest = openManifest(reply.signed, [outside.context.orderKey.keyid]);
});
afterAll(async () => {
  await outside?.stop();
  await inside?.stop();
  await upstream?.close();
});

async function added(body: Readonly<Record<string, unknown>>): Promise<void> {
  const { status, json } = await outside.call('POST', '/content/repositories', body);
  expect(status, JSON.stringify(json)).toBe(201);
  await synchroniseTestRepository(outside, (json as unknown as RepositorySummary).id);
}

const packages = (): readonly (readonly [string, Uint8Array])[] => [
  ...[...apk].filter(([path]) => path.endsWith('.apk')),
  ['setup.exe', INSTALLER],
];

async function bring(bytes: Uint8Array): Promise<void> {
  const put = await fetch(`${inside.url}/api/v1/content/import/objects/${digest(bytes)}`, {
    method: 'PUT',
    headers: { cookie: await inside.signIn(), origin: inside.url },
    body: Buffer.from(bytes),
  });
  expect(put.status).toBe(204);
}

async function linked(): Promise<Map<string, string | null>> {
  const { rows } = await inside.context.database.pool.query<{ path: string; sha256: string | null }>(
    'select path, sha256 from content_package',
  );
  return new Map(rows.map(({ path, sha256 }) => [path, sha256]));
}

describe('a bundle of repositories whose metadata states no SHA-256 and no size', () => {
  test('names all files by it, because they were fetched for that', () => {
    expect(reply.gaps).toEqual([]);
    expect(manifest.objects).toEqual(
      packages()
        .map(([, bytes]) => `${digest(bytes)} ${bytes.length}`)
        .sort(),
    );
  });

  test('brings over which package each file is, found by the format’s own checksums', async () => {
    const metadata = new Set(manifest.repositories.flatMap((each) => each.metadata.map(({ sha256 }) => sha256)));
    for (const sha256 of metadata) {
      const found = [...apk.values()].find((bytes) => digest(bytes) === sha256);
      await bring(found ?? (await listOf(sha256)));
    }
    for (const [, bytes] of packages()) await bring(bytes);
    const asked = upstream.requests.length;
    const { status, json } = await inside.call('POST', '/content/import', reply.signed);
    expect(status, JSON.stringify(json)).toBe(201);
    expect(await linked()).toEqual(new Map(packages().map(([path, bytes]) => [path, digest(bytes)])));
    expect(upstream.requests.length).toBe(asked);
  });

  test('without some of the packages leaves these unknown, until another bundle has them', async () => {
    await inside.context.database.pool.query('update content_package set sha256 = null where check_kind = $1', ['apk']);
    const [first] = packages();
    const some = signManifest(
      { ...manifest, objects: manifest.objects.filter((line) => line.startsWith(digest(first?.[1] ?? Buffer.of()))) },
      outside.context.orderKey,
    );
    expect((await inside.call('POST', '/content/import', some)).status).toBe(201);
    expect([...(await linked()).values()].filter((sha256) => sha256 === null)).toHaveLength(1);
    expect((await inside.call('POST', '/content/import', reply.signed)).status).toBe(201);
    expect([...(await linked()).values()]).not.toContain(null);
  });
});

async function listOf(sha256: string): Promise<Uint8Array> {
  const token = String((await outside.call('POST', '/tokens', { name: 'test' })).json['secret']);
  const got = await fetch(`${outside.url}/content/objects/${sha256}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(got.status).toBe(200);
  return new Uint8Array(await got.arrayBuffer());
}

test('no request of these made the servers fail', () => {
  expect([...outside.errors, ...inside.errors]).toEqual([]);
});
