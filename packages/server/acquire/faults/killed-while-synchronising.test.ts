import { type BuiltDeb, createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../storage/testing.ts';
import { makePackage } from './testing/made-package.ts';
import { createRandom } from './testing/random.ts';
import { createServerProcess, type ServerProcess } from './testing/server-process.ts';
import { flawsOf, readObjects, readRevisions } from './testing/sound.ts';
import { startThrottledUpstream, type ThrottledUpstream } from './testing/throttled-upstream.ts';

const SEED = Number(process.env['THIMBLE_TEST_SEED'] ?? 20_261_122);
const PACKAGES = 300;
const STATES = 5;
/** Begun and ended with each new state. */
const CHANGED = 40;
const LARGE_BYTES = 1_000_000;
const BYTES_PER_SECOND = 3_000_000;
/** Nothing is left that could bring a server to the point: it is killed all the same. */
const POINT_MS = 2_500;
/** What was on its way to a server that was killed: a piece for each of its connections, and what the kernel held for it. */
const LOST_BYTES = 200_000;

const random = createRandom(SEED);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const isPackage = (path: string): boolean => path.startsWith('pool/');
const isMetadata = (path: string): boolean => !isPackage(path);

/** Where in a state's synchronisation the server is killed. */
const POINTS = ['metadata', 'after metadata', 'packages', 'packages'] as const;

let data: string;
let database: TestDatabase;
let archive: SignedAptRepository;
let upstream: ThrottledUpstream;
let server: ServerProcess;
beforeAll(async () => {
  data = await mkdtemp('/tmp/thimble-killed-');
  database = await createTestDatabase();
  archive = await createSignedAptRepository();
  upstream = await startThrottledUpstream(BYTES_PER_SECOND);
  server = await createServerProcess(data, database.connection);
});
afterAll(async () => {
  await server?.close();
  await upstream?.close();
  await archive?.close();
  await database?.drop();
  await rm(data, { recursive: true, force: true });
});

/** By the digest of its InRelease. */
const states = new Map<string, readonly string[]>();
let newest = '';
let packages: readonly BuiltDeb[] = [];

async function publishNextState(): Promise<void> {
  const version = `${states.size + 1}.0`;
  const made = (count: number): BuiltDeb[] =>
    Array.from({ length: count }, (_, index) =>
      makePackage(`made-${states.size}-${index}`, version, random.bytes(2_000 + random.below(30_000))),
    );
  const large = makePackage('large', version, random.bytes(LARGE_BYTES));
  const kept = packages.filter(({ spec }) => spec.name !== 'large').toSorted(() => random.below(3) - 1);
  packages = states.size === 0 ? [...made(PACKAGES), large] : [...kept.slice(CHANGED), ...made(CHANGED), large];
  // As archives have it: the packages first, and those of earlier states stay for a while.
  for (const { path, bytes } of packages) upstream.files.set(path, bytes);
  await archive.publish({ packages, byHash: true, packings: ['plain', 'xz'] });
  for (const [path, bytes] of await archive.files()) upstream.files.set(path, bytes);
  newest = sha256(upstream.files.get('dists/stable/InRelease') ?? Buffer.alloc(0));
  states.set(
    newest,
    packages.map(({ path, bytes }) => `${path} ${sha256(bytes)}`).toSorted((a, b) => (a < b ? -1 : 1)),
  );
}

/** Waits for a random moment near a point. */
async function reach(point: (typeof POINTS)[number]): Promise<void> {
  const [release, index] = ['dists/stable/InRelease', 'dists/stable/main/binary-amd64/Packages.xz'].map(
    (path) => upstream.files.get(path)?.length ?? 0,
  );
  const metadataBytes = (release ?? 0) + (index ?? 0);
  const late = sleep(POINT_MS);
  if (point === 'metadata') await Promise.race([upstream.sent(1 + random.below(metadataBytes), isMetadata), late]);
  if (point === 'after metadata') {
    await Promise.race([upstream.sent(metadataBytes, isMetadata), late]);
    await sleep(random.below(250));
  }
  if (point === 'packages') await Promise.race([upstream.sent(1 + random.below(800_000), isPackage), late]);
}

async function ask(id: string): Promise<void> {
  expect(await server.call('POST', `/content/repositories/${id}/sync`, {})).toMatchObject({ status: 202 });
}

const readRepository = async (id: string) => {
  const { rows } = await database.pool.query<{ sequence: number; mirrored: number; asked: boolean }>(
    'select sequence, mirrored_sequence as mirrored, asked_at is not null as asked from content_repository where id = $1',
    [id],
  );
  return rows[0] ?? { sequence: 0, mirrored: 0, asked: true };
};

test(`a server that is killed ${POINTS.length * STATES} times while it synchronises goes on where it was, and ends right (seed ${SEED})`, async () => {
  await publishNextState();
  await server.start();
  const added = await server.call('POST', '/content/repositories', {
    name: 'Archive',
    ...archive.definition,
    uris: [upstream.url],
    fingerprints: [archive.fingerprint],
    keyMaterial: Buffer.from(archive.gpg.exportKeys([archive.fingerprint], true)).toString(),
    mode: 'mirror',
  });
  expect(added).toMatchObject({ status: 201 });
  const id = String(added.json['id']);
  const store = join(data, 'content');
  const seen = { before: 0, between: 0 };
  let again: readonly string[] = [];

  for (let kills = 0; kills < POINTS.length * STATES; kills += 1) {
    const point = POINTS[kills % POINTS.length] ?? 'packages';
    const where = `seed ${SEED}, kill ${kills + 1} (${point})`;
    if (kills > 0) {
      if (kills % POINTS.length === 0) await publishNextState();
      const { present } = await readObjects(store);
      const partial = await partialSizes(store);
      const from = upstream.requests.length;
      await server.start();
      const reached = reach(point);
      await ask(id);
      await reached;
      await server.kill();
      again = fetchedAgain(upstream.requests.slice(from), present, partial);
    } else {
      await reach(point);
      await server.kill();
    }
    expect(again, where).toEqual([]);
    expect(await flawsOf(store, database.pool), where).toEqual([]);
    const revisions = await readRevisions(database.pool, id);
    for (const { metadataSha256, packages: listed } of revisions)
      expect(listed, where).toEqual(states.get(metadataSha256));
    const { rows: faults } = await database.pool.query('select code, message from content_fault');
    expect(faults, where).toEqual([]);
    const { sequence, mirrored } = await readRepository(id);
    expect(sequence, where).toBe(revisions.at(-1)?.sequence ?? 0);
    if (revisions.at(-1)?.metadataSha256 !== newest) seen.before += 1;
    else if (mirrored < sequence) seen.between += 1;
  }
  // It was killed with and without the newest revision, with files still to come.
  expect(seen.before).toBeGreaterThan(3);
  expect(seen.between).toBeGreaterThan(3);

  // Nobody asks: it goes on by itself.
  await server.start();
  await expect.poll(() => readRepository(id), { timeout: 30_000 }).toMatchObject({ asked: false });
  await expect
    .poll(async () => readRepository(id).then(({ sequence, mirrored }) => sequence - mirrored), { timeout: 30_000 })
    .toBe(0);
  const last = (await readRevisions(database.pool, id)).at(-1);
  expect(last).toMatchObject({ metadataSha256: newest, packages: states.get(newest) });
  expect(await flawsOf(store, database.pool)).toEqual([]);
  const { present } = await readObjects(store);
  expect(packages.filter(({ bytes }) => !present.has(sha256(bytes))).map(({ path }) => path)).toEqual([]);
  // What an earlier state had and no later one wants is left for a week; of all others nothing.
  const wanted = new Set(packages.map(({ bytes }) => sha256(bytes)));
  expect([...(await partialSizes(store)).keys()].filter((digest) => wanted.has(digest))).toEqual([]);
  const { rows } = await database.pool.query('select code, message from content_fault');
  expect(rows).toEqual([]);

  const unique = [...upstream.files].filter(([path]) => upstream.requests.some((each) => each.path === path));
  const uniqueBytes = unique.reduce((sum, [, { length }]) => sum + length, 0);
  expect(upstream.sentBytes(), `seed ${SEED}`).toBeLessThan(uniqueBytes + POINTS.length * STATES * LOST_BYTES);
}, 240_000);

/** Files that were asked for though they were there, or from an earlier byte than they had. */
function fetchedAgain(
  requests: readonly { readonly path: string; readonly first: number }[],
  present: ReadonlySet<string>,
  partial: ReadonlyMap<string, number>,
): readonly string[] {
  const first = new Map(requests.toReversed().map((request) => [request.path, request.first]));
  return [...first].flatMap(([path, from]) => {
    const digest = sha256(upstream.files.get(path) ?? Buffer.alloc(0));
    // The top of what is signed has no digest before it was read.
    if (path.endsWith('Release') || path.endsWith('Release.gpg')) return [];
    if (present.has(digest)) return [`${path} was there`];
    const had = partial.get(digest) ?? 0;
    return from < had ? [`${path} had ${had} bytes, and was asked for from ${from}`] : [];
  });
}

/** What of which file is there, by the digest that it is to have. */
async function partialSizes(store: string): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of await readdir(join(store, 'work'))) {
    const [, digest] = /([0-9a-f]{64})-\d+\..*\.part$/.exec(name) ?? [];
    if (digest === undefined) continue;
    const { size } = await stat(join(store, 'work', name));
    sizes.set(digest, Math.max(size, sizes.get(digest) ?? 0));
  }
  return sizes;
}
