import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { objectsOf, openManifest, signManifest } from '@thimble/content/bundle';
import { createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import type { ContentManifest, SnapshotDetail, SnapshotManifestReply } from '@thimble/protocol';
import { generateSigningKey } from '@thimble/protocol/signing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addTestRepository, type ContentUpstream, startContentUpstream } from '../../testing/content-upstream.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

let outside: TestFleet;
let inside: TestFleet;
let archive: SignedAptRepository;
let upstream: ContentUpstream;
let manifest: ContentManifest;
/** All files of the bundle, by digest. */
const files = new Map<string, Uint8Array>();

beforeAll(async () => {
  outside = await startTestFleet();
  inside = await startTestFleet({ settings: { feedKeys: outside.context.orderKey.keyid } });
  archive = await createSignedAptRepository();
  await archive.build({ name: 'hello', version: '1.0' });
  await archive.publish();
  upstream = await startContentUpstream(archive);
  await addTestRepository(outside, upstream, archive);
  const { status, json } = await outside.call('POST', '/content/snapshots', { name: 'one' });
  expect(status, JSON.stringify(json)).toBe(201);
  manifest = opened(await exported((json as unknown as SnapshotDetail).summary.id));
  for (const { sha256 } of objectsOf(manifest)) files.set(sha256, await objectOf(sha256));
});
afterAll(async () => {
  await outside?.stop();
  await inside?.stop();
  await upstream?.close();
  await archive?.close();
});

async function exported(id: string): Promise<SnapshotManifestReply> {
  const { status, json } = await outside.call('GET', `/content/snapshots/${id}/manifest?packages=all`);
  expect(status, JSON.stringify(json).slice(0, 500)).toBe(200);
  return json as unknown as SnapshotManifestReply;
}

const opened = ({ signed }: SnapshotManifestReply): ContentManifest =>
  openManifest(signed, [outside.context.orderKey.keyid]);

async function fileOf(address: string): Promise<Uint8Array> {
  const reply = await fetch(`${outside.url}${address}`, { headers: { authorization: `Bearer ${await token()}` } });
  expect(reply.status, address).toBe(200);
  return new Uint8Array(await reply.arrayBuffer());
}
const objectOf = (sha256: string): Promise<Uint8Array> => fileOf(`/content/objects/${sha256}`);

let secret: Promise<string> | undefined;
function token(): Promise<string> {
  secret ??= outside.call('POST', '/tokens', { name: 'test' }).then(({ json }) => String(json['secret']));
  return secret;
}

let cookie: Promise<string> | undefined;
async function put(
  sha256: string,
  body: Uint8Array<ArrayBuffer> | ReadableStream,
): Promise<{ status: number; code: unknown }> {
  cookie ??= inside.signIn();
  const reply = await fetch(`${inside.url}/api/v1/content/import/objects/${sha256}`, {
    method: 'PUT',
    headers: { cookie: await cookie, origin: inside.url, 'content-type': 'application/json' },
    body,
    duplex: 'half',
  } as RequestInit);
  const text = await reply.text();
  return { status: reply.status, code: text === '' ? null : (JSON.parse(text) as { code: string }).code };
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const workFiles = (): readonly string[] => readdirSync(join(inside.context.settings.data, 'content', 'work'));
const put204 = async (bytes: Uint8Array): Promise<void> =>
  expect(await put(digest(bytes), Buffer.from(bytes))).toEqual({ status: 204, code: null });
const importing = (signed: unknown) => inside.call('POST', '/content/import', signed);
const resigned = (changed: ContentManifest) => signManifest(changed, outside.context.orderKey);
function repository(): ContentManifest['repositories'][number] {
  const [found] = manifest.repositories;
  if (found === undefined) throw new Error('one repository');
  return found;
}
const withRepository = (change: Record<string, unknown>): ContentManifest =>
  ({ ...manifest, repositories: [{ ...repository(), ...change }] }) as ContentManifest;

describe('GET /content/snapshots/:id/manifest', () => {
  test('is the same bytes each time', async () => {
    const { json } = await outside.call('GET', '/content/snapshots');
    const [snapshot] = json['items'] as { id: string }[];
    const [first, second] = [await exported(snapshot?.id ?? ''), await exported(snapshot?.id ?? '')];
    expect(second).toEqual(first);
    expect(first).toMatchObject({ gaps: [], objectBytes: opened(first).objects.length === 1 ? first.objectBytes : -1 });
  });

  test('404: a snapshot of nobody', async () => {
    const unknown = '00000000-0000-7000-8000-000000000000';
    expect(await outside.call('GET', `/content/snapshots/${unknown}/manifest`)).toMatchObject({ status: 404 });
  });

  test('leaves out what was recalled, and says so', async () => {
    const block = await outside.call('POST', '/content/blocks', { name: 'hello', version: '1.0', reason: 'it greets' });
    const { json } = await outside.call('GET', '/content/snapshots');
    const reply = await exported((json['items'] as { id: string }[])[0]?.id ?? '');
    expect(opened(reply).objects).toEqual([]);
    expect(reply.gaps).toEqual([{ what: 'hello 1.0 (all) of Test archive', why: 'recalled: it greets' }]);
    expect(await outside.call('DELETE', `/content/blocks/${block.json['id']}`)).toMatchObject({ status: 204 });
  });
});

describe('PUT /content/import/objects/:sha256', () => {
  test('takes any bytes under their digest, however many bring them at once, and knows them then', async () => {
    const bytes = Buffer.alloc(3_000_000, 'thimble');
    const sha256 = digest(bytes);
    const absent = digest(Buffer.from('never'));
    expect((await inside.call('POST', '/content/import/missing', { sha256: [sha256, absent] })).json).toEqual({
      missing: [sha256, absent],
    });
    const all = await Promise.all(Array.from({ length: 6 }, () => put(sha256, bytes)));
    expect(all).toEqual(all.map(() => ({ status: 204, code: null })));
    expect((await inside.call('POST', '/content/import/missing', { sha256: [sha256, absent] })).json).toEqual({
      missing: [absent],
    });
    expect(workFiles()).toEqual([]);
  });

  test('takes a file without bytes', () => put204(Buffer.of()));

  test('422: other bytes; nothing of them is left', async () => {
    const sha256 = digest(Buffer.from('right'));
    expect(await put(sha256, Buffer.from('wrong'))).toEqual({ status: 422, code: 'wrong-digest' });
    expect((await inside.call('POST', '/content/import/missing', { sha256: [sha256] })).json).toEqual({
      missing: [sha256],
    });
    expect(workFiles()).toEqual([]);
  });

  test('507: what would leave less free space than is kept in reserve', async () => {
    const { settings } = inside.context;
    const before = settings.contentReserveMb;
    Object.assign(settings, { contentReserveMb: 1e12 });
    const bytes = Buffer.from('no room for it');
    expect(await put(digest(bytes), bytes)).toEqual({ status: 507, code: 'disk-full' });
    Object.assign(settings, { contentReserveMb: before });
    expect(workFiles()).toEqual([]);
    // It is this machine's fault, so it is in its log.
    await expect.poll(() => inside.errors.splice(0)).not.toEqual([]);
  });

  test('a sender that breaks off leaves nothing', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(100_000);
        throw new Error('the line went');
      })(),
    );
    await expect(put(digest(Buffer.alloc(200_000)), Readable.toWeb(broken) as never)).rejects.toThrow();
    await expect.poll(workFiles).toEqual([]);
  });
});

describe('POST /content/import', () => {
  test('409: files are missing, and how many', async () => {
    const { status, json } = await importing(resigned(manifest));
    const total = objectsOf(manifest).length;
    expect({ status, json }).toMatchObject({ status: 409, json: { code: 'bundle-incomplete' } });
    expect(json['detail']).toContain(`${total} of its ${total} files`);
  });

  const stranger = generateSigningKey();
  const HOSTILE: readonly (readonly [string, () => unknown, number, string])[] = [
    ['signed by a stranger', () => signManifest(manifest, stranger), 422, 'bundle-not-trusted'],
    [
      'signed by nobody',
      () => ({ ...resigned(manifest), envelope: { ...resigned(manifest).envelope, signatures: [] } }),
      400,
      'invalid-request',
    ],
    ['of wrong types', () => ({ envelope: 7, publicKeys: 'x' }), 400, 'invalid-request'],
    ['that is no manifest', () => resigned({ ...manifest, objects: [7] } as never), 422, 'not-a-bundle'],
    [
      'with more repositories than there can be',
      () => resigned({ ...manifest, repositories: Array.from({ length: 201 }, repository) }),
      422,
      'not-a-bundle',
    ],
    [
      'with a path that leaves',
      () => resigned(withRepository({ metadata: [{ ...repository().metadata[0], path: '../../etc/passwd' }] })),
      422,
      'not-a-bundle',
    ],
    [
      'with a path twice',
      () => resigned(withRepository({ metadata: [...repository().metadata, ...repository().metadata] })),
      422,
      'not-a-bundle',
    ],
    [
      'with two sizes of a file',
      () => resigned({ ...manifest, objects: [`${repository().metadata[0]?.sha256} 1`] }),
      422,
      'not-a-bundle',
    ],
    [
      'with one repository twice',
      () => resigned({ ...manifest, repositories: [repository(), repository()] }),
      422,
      'not-a-bundle',
    ],
    [
      'frozen in the future',
      () => resigned(withRepository({ frozenAt: '2999-01-01T00:00:00.000Z' })),
      422,
      'not-a-bundle',
    ],
    [
      'at an address of the cloud',
      () => resigned(withRepository({ uris: ['http://169.254.169.254/'] })),
      422,
      'bad-address',
    ],
    ['without a key', () => resigned(withRepository({ anchors: [] })), 422, 'no-key'],
    [
      'with a key under another fingerprint',
      () => resigned(withRepository({ anchors: [{ ...repository().anchors[0], fingerprint: 'A'.repeat(40) }] })),
      422,
      'bad-key-material',
    ],
    [
      'with a key that is none',
      () => resigned(withRepository({ anchors: [{ ...repository().anchors[0], material: 'AAAA' }] })),
      422,
      'bad-key-material',
    ],
    ['whose key did not sign', () => resigned(withRepository({ anchors: [otherAnchor] })), 422, 'bundle-refused'],
    [
      'of which the metadata is another one',
      () => resigned(withRepository({ metadataSha256: '0'.repeat(64) })),
      422,
      'bundle-refused',
    ],
    [
      'whose signed metadata is a package',
      () => resigned(withRepository({ metadata: swapped() })),
      422,
      'bundle-refused',
    ],
    [
      'without an index that the signed metadata lists',
      () =>
        resigned(
          withRepository({ metadata: repository().metadata.filter(({ path }) => !/Packages|by-hash/.test(path)) }),
        ),
      422,
      'bundle-refused',
    ],
    [
      'judged by a time before it was signed',
      () => resigned(withRepository({ frozenAt: '2001-01-01T00:00:00.000Z' })),
      422,
      'bundle-refused',
    ],
  ];
  let otherAnchor: Record<string, string>;
  const swapped = () => {
    const [line = ''] = manifest.objects;
    const [sha256 = '', size] = line.split(' ');
    return repository().metadata.map((file) =>
      file.path.endsWith('InRelease') ? { ...file, sha256, sizeBytes: Number(size) } : file,
    );
  };

  test('refuses what does not hold, and nothing of it is left', async () => {
    for (const bytes of files.values()) await put204(bytes);
    const other = archive.gpg.anchor(archive.gpg.createKey({ userId: 'Other <other@example.org>' }));
    otherAnchor = {
      kind: 'openpgp',
      fingerprint: other.fingerprint,
      name: '',
      material: Buffer.from(other.material).toString('base64'),
    };
    for (const [title, make, status, code] of HOSTILE) {
      const reply = await importing(make());
      expect({ title, status: reply.status, code: reply.json['code'] }, JSON.stringify(reply.json)).toEqual({
        title,
        status,
        code,
      });
    }
    expect((await inside.call('GET', '/content/snapshots')).json['items']).toEqual([]);
    expect((await inside.call('GET', '/content/repositories')).json['items']).toEqual([]);
    expect((await inside.call('GET', '/evidence')).json['items']).not.toContainEqual(
      expect.objectContaining({ kind: 'repository-added' }),
    );
  });

  test('201: all of it, once; a name that is taken gets a number', async () => {
    const first = await importing(resigned(manifest));
    expect(first).toMatchObject({
      status: 201,
      json: { summary: { name: 'one', origin: 'imported', revisionCount: 1 } },
    });
    expect(await importing(resigned(manifest))).toEqual(first);
    const other = {
      ...manifest,
      snapshot: { ...manifest.snapshot, createdAt: '2020-01-01T00:00:00.000Z' },
      repositories: [await anotherRepository()],
    };
    const second = await importing(resigned(other));
    expect(second).toMatchObject({
      status: 201,
      json: { summary: { name: 'one.2', createdAt: '2020-01-01T00:00:00.000Z' } },
    });
    const renamed = await inside.call('PUT', `/content/snapshots/${(second.json['summary'] as { id: string }).id}`, {
      name: 'mine',
    });
    expect(renamed.status).toBe(200);
    expect((await importing(resigned(other))).json).toMatchObject({ summary: { name: 'mine' } });
  });

  test('409: a repository that people added themselves keeps its own keys', async () => {
    await inside.context.database.pool.query('update content_repository set bundled = false');
    const rotated = await rotatedState();
    const refused = await importing(resigned(rotated));
    expect(refused, JSON.stringify(refused.json)).toMatchObject({ status: 409, json: { code: 'key-not-approved' } });
    await inside.context.database.pool.query('update content_repository set bundled = true');
    expect(await importing(resigned(rotated))).toMatchObject({ status: 201 });
    expect((await inside.call('GET', '/evidence')).json['items']).toContainEqual(
      expect.objectContaining({
        kind: 'repository-changed',
        detail: expect.objectContaining({ withdrawnFingerprints: [archive.fingerprint] }),
      }),
    );
    // A state of the time before, which was never here: its key was withdrawn since.
    const old = await stateOf(archive.fingerprint, new Date(Date.now() - 3_600_000), 'before');
    expect(await importing(resigned(old))).toMatchObject({ status: 409, json: { code: 'key-not-approved' } });
  });
});

async function anotherRepository(): Promise<ContentManifest['repositories'][number]> {
  return { ...repository(), uris: ['https://elsewhere.example/debian/'], name: 'Elsewhere' };
}

/** The same place, signed by another key, a minute later. */
function rotatedState(): Promise<ContentManifest> {
  const fingerprint = archive.gpg.createKey({ userId: 'Next <next@example.org>' });
  return stateOf(fingerprint, new Date(Date.now() + 60_000), 'rotated');
}

async function stateOf(fingerprint: string, date: Date, name: string): Promise<ContentManifest> {
  await archive.publish({ signedBy: [fingerprint], date });
  const anchor = archive.gpg.anchor(fingerprint);
  const metadata = [];
  for (const [path, bytes] of await archive.files()) {
    if (!path.startsWith('dists/')) continue;
    await put204(bytes);
    metadata.push({ path, sha256: digest(bytes), sizeBytes: bytes.length });
  }
  const inRelease = metadata.find(({ path }) => path.endsWith('InRelease'));
  return {
    ...manifest,
    snapshot: { ...manifest.snapshot, name },
    repositories: [
      {
        ...repository(),
        metadata,
        metadataSha256: inRelease?.sha256 ?? '',
        frozenAt: new Date(Date.now() + 120_000).toISOString(),
        anchors: [
          { kind: 'openpgp', fingerprint, name: '', material: Buffer.from(anchor.material).toString('base64') },
        ],
      },
    ],
  };
}

test('no request of these made the servers fail', () => {
  expect([...outside.errors, ...inside.errors]).toEqual([]);
});
