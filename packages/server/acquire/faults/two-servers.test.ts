import { type BuiltDeb, createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../storage/testing.ts';
import { makePackage } from './testing/made-package.ts';
import { createRandom } from './testing/random.ts';
import { createServerProcess, type ServerProcess } from './testing/server-process.ts';
import { flawsOf, readObjects, readRevisions } from './testing/sound.ts';
import { startThrottledUpstream, type ThrottledUpstream } from './testing/throttled-upstream.ts';

const SEED = Number(process.env['THIMBLE_TEST_SEED'] ?? 20_261_125);
const random = createRandom(SEED);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let data: string;
let database: TestDatabase;
let archive: SignedAptRepository;
let upstream: ThrottledUpstream;
let first: ServerProcess;
let second: ServerProcess;
let id: string;
beforeAll(async () => {
  data = await mkdtemp('/tmp/thimble-two-');
  database = await createTestDatabase();
  archive = await createSignedAptRepository();
  upstream = await startThrottledUpstream(10_000_000);
  const shared = { 'content-store': join(data, 'store') };
  first = await createServerProcess(join(data, 'first'), database.connection, shared);
  await first.start();
  const keys = join(data, 'first', 'keys');
  second = await createServerProcess(join(data, 'second'), database.connection, {
    ...shared,
    'order-key': join(keys, 'order-key.pem'),
    'log-key': join(keys, 'log-key.pem'),
    'secrets-key-file': join(keys, 'secrets-key'),
  });
  await second.start();
});
afterAll(async () => {
  await Promise.all([first?.close(), second?.close()]);
  await upstream?.close();
  await archive?.close();
  await database?.drop();
  await rm(data, { recursive: true, force: true });
});

const made = (name: string, version: string, sizeBytes = 2_000 + random.below(60_000)): BuiltDeb =>
  makePackage(name, version, random.bytes(sizeBytes));

async function publish(packages: readonly BuiltDeb[]): Promise<void> {
  for (const { path, bytes } of packages) upstream.files.set(path, bytes);
  await archive.publish({ packages, packings: ['plain', 'xz'] });
  for (const [path, bytes] of await archive.files()) upstream.files.set(path, bytes);
}

const read = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  (await database.pool.query<Row>(text, values)).rows;
const newest = async () =>
  (
    await read<{ id: string; sequence: number }>(
      'select id, sequence from content_revision order by sequence desc limit 1',
    )
  )[0];

async function get({ url }: ServerProcess, revisionId: string, path: string) {
  const reply = await fetch(`${url}/content/revisions/${revisionId}/${path}`);
  return { status: reply.status, bytes: Buffer.from(await reply.arrayBuffer()) };
}

const packages = Array.from({ length: 40 }, (_, index) => made(`made-${index}`, '1.0'));
const large = made('large', '1.0', 3_000_000);

test('a synchronisation runs on one of two servers, whoever is asked', async () => {
  await publish([...packages, large]);
  const added = await first.call('POST', '/content/repositories', {
    name: 'Archive',
    ...archive.definition,
    uris: [upstream.url],
    fingerprints: [archive.fingerprint],
    keyMaterial: Buffer.from(archive.gpg.exportKeys([archive.fingerprint], true)).toString(),
  });
  expect(added).toMatchObject({ status: 201 });
  id = String(added.json['id']);
  await Promise.all([first, second].map((server) => server.call('POST', `/content/repositories/${id}/sync`, {})));
  const idle = async () =>
    (await read<{ idle: boolean }>('select asked_at is null and running is null as idle from content_repository'))[0]
      ?.idle;
  await expect.poll(idle, { timeout: 20_000 }).toBe(true);
  const revisions = await readRevisions(database.pool, id);
  expect(revisions).toHaveLength(1);
  expect(revisions[0]?.packages).toHaveLength(packages.length + 1);
  const index = sha256(upstream.files.get('dists/stable/main/binary-amd64/Packages.xz') ?? Buffer.alloc(0));
  expect(upstream.requests.filter(({ path }) => path.endsWith(index))).toHaveLength(1);
});

test('a file that both are asked for at once crosses the line once', async () => {
  const revision = await newest();
  const asked = [first, second, first, second].map((server) => get(server, revision?.id ?? '', large.path));
  for (const { status, bytes } of await Promise.all(asked)) {
    expect(status).toBe(200);
    expect(bytes.equals(large.bytes)).toBe(true);
  }
  expect(upstream.requests.filter(({ path }) => path === large.path)).toHaveLength(1);
});

test('a block that one is told holds on the other at once, and its end too', async () => {
  const revision = await newest();
  const status = async (server: ServerProcess) => (await get(server, revision?.id ?? '', large.path)).status;
  expect(await status(second)).toBe(200);
  const { status: created, json } = await first.call('POST', '/content/blocks', {
    name: 'large',
    version: '1.0',
    reason: 'breaks LDAP',
  });
  expect(created, JSON.stringify(json)).toBe(201);
  expect(await status(first)).toBe(451);
  await expect.poll(() => status(second), { interval: 20 }).toBe(451);
  const blockId = (await read<{ id: string }>('select id from content_block'))[0]?.id;
  const lifted = await second.call('DELETE', `/content/blocks/${blockId}`);
  expect(lifted.status, JSON.stringify(lifted.json)).toBeLessThan(300);
  await expect.poll(() => status(first), { interval: 20 }).toBe(200);
});

test(`collecting on one removes nothing that the other serves, acquires or freezes (seed ${SEED})`, async () => {
  const revision = await newest();
  const snapshot = await first.call('POST', '/content/snapshots', { name: 'kept', synchronise: false });
  expect(snapshot.status, JSON.stringify(snapshot.json)).toBeLessThan(300);
  expect(await second.call('PUT', `/content/repositories/${id}`, { mode: 'mirror' })).toMatchObject({ status: 200 });
  const kept = [...packages, large];
  const problems: string[] = [];
  let served = 0;
  const stop = new AbortController();
  const clients = [second, second, first].map(async (server) => {
    while (!stop.signal.aborted) {
      const { path, bytes } = random.pick(kept);
      const reply = await get(server, revision?.id ?? '', path);
      if (reply.status === 200 && reply.bytes.equals(bytes)) served += 1;
      else problems.push(`${path}: ${reply.status}, ${reply.bytes.length} bytes`);
    }
  });
  // Versions come, go, and come again: what is rubbish of one state is taken for granted by the next.
  const flickering = Array.from({ length: 30 }, (_, index) => made(`flickering-${index}`, '1.0'));
  let last: readonly BuiltDeb[] = [];
  let collections = 0;
  for (let state = 0; state < 8; state += 1) {
    last = [...packages, ...flickering.filter(() => random.below(2) === 0), made('always-new', `${state}.0`)];
    await publish(last);
    // Nothing is young enough to be left alone for that.
    await read("update content_object set stored_at = stored_at - interval '3 days'");
    await read("update content_revision set created_at = created_at - interval '3 days'");
    const before = (await newest())?.sequence ?? 0;
    const calls = [
      () => second.call('POST', `/content/repositories/${id}/sync`, {}),
      () => first.call('POST', '/content/collect'),
    ];
    for (const call of random.below(2) === 0 ? calls : calls.toReversed())
      expect(await call()).toMatchObject({ status: 202 });
    await expect.poll(async () => (await newest())?.sequence ?? 0, { timeout: 20_000 }).toBeGreaterThan(before);
    if (random.below(2) === 0) await first.call('POST', '/content/collect');
    const running = async () => (await read('select 1 from content_collection where ended_at is null')).length;
    await expect.poll(running, { timeout: 20_000 }).toBe(0);
    collections += 1;
  }
  const mirrored = async () =>
    (await read<{ done: boolean }>('select sequence = mirrored_sequence as done from content_repository'))[0]?.done;
  await expect.poll(mirrored, { timeout: 20_000 }).toBe(true);
  stop.abort();
  await Promise.all(clients);
  expect(problems).toEqual([]);
  expect(served).toBeGreaterThan(20);
  expect(await flawsOf(join(data, 'store'), database.pool)).toEqual([]);
  // Something was collected, and nothing that is wanted.
  const { present } = await readObjects(join(data, 'store'));
  expect(last.filter(({ bytes }) => !present.has(sha256(bytes))).map(({ path }) => path)).toEqual([]);
  const [{ removed = 0, messages = [] } = {}] = await read<{ removed: number; messages: string[] }>(
    "select sum(removed_count)::int as removed, array_agg(distinct message) filter (where message <> '') as messages from content_collection",
  );
  expect(messages ?? []).toEqual([]);
  expect(removed).toBeGreaterThan(5);
  expect(collections).toBe(8);
}, 120_000);
