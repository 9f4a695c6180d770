import { type BuiltDeb, createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../storage/testing.ts';
import { makePackage } from './testing/made-package.ts';
import { createRandom } from './testing/random.ts';
import { createServerProcess, type ServerProcess } from './testing/server-process.ts';
import { flawsOf } from './testing/sound.ts';
import { startThrottledUpstream, type ThrottledUpstream } from './testing/throttled-upstream.ts';

const SEED = Number(process.env['THIMBLE_TEST_SEED'] ?? 20_261_123);
const KILLS = 20;
const CLIENTS = 8;
/** So many that some are cold to the last kill. */
const FILES = 120;
const BYTES_PER_SECOND = 6_000_000;
const random = createRandom(SEED);

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

/** @returns its bytes; null: the answer was none, or was broken off. */
function get(url: string, range?: string): Promise<{ readonly status: number; readonly body: Buffer } | null> {
  return new Promise((resolve) => {
    const asking = request(url, { agent: false, headers: range === undefined ? {} : { range } }, (reply) => {
      const pieces: Buffer[] = [];
      reply.on('data', (piece: Buffer) => pieces.push(piece));
      reply.on('error', () => resolve(null));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, body: Buffer.concat(pieces) }));
    });
    asking.on('error', () => resolve(null));
    asking.end();
  });
}

interface Served {
  readonly path: string;
  readonly bytes: Buffer;
}

interface Counted {
  whole: number;
  broken: number;
  readonly wrong: string[];
}

/** Asks for one file after another, whole or the end of it, until it is told to stop. */
async function beClient(base: string, files: readonly Served[], counted: Counted, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const { path, bytes } = random.pick(files);
    const first = random.below(4) === 0 ? random.below(bytes.length) : null;
    const reply = await get(`${base}/${path}`, first === null ? undefined : `bytes=${first}-`);
    if (reply === null || reply.status >= 500) {
      counted.broken += 1;
      await sleep(10);
    } else if (reply.body.equals(bytes.subarray(first ?? 0)) && reply.status === (first === null ? 200 : 206))
      counted.whole += 1;
    else counted.wrong.push(`${path}: ${reply.status}, ${reply.body.length} bytes from ${first}`);
  }
}

test(`clients of a server that is killed ${KILLS} times never get a whole file that is wrong, and afterwards all the right ones (seed ${SEED})`, async () => {
  const packages: readonly BuiltDeb[] = Array.from({ length: FILES }, (_, index) =>
    makePackage(`made-${index}`, '1.0', random.bytes(20_000 + random.below(300_000))),
  );
  await archive.publish({ packages, packings: ['plain', 'xz'] });
  for (const [path, bytes] of await archive.files()) upstream.files.set(path, bytes);
  for (const { path, bytes } of packages) upstream.files.set(path, bytes);
  // What upstream has of these is not what it signed.
  const lies = packages.filter((_, index) => index % 10 === 3);
  for (const { path, bytes } of lies) {
    const other = Buffer.from(bytes);
    other[bytes.length - 1] = (other.at(-1) ?? 0) ^ 1;
    upstream.files.set(path, other);
  }
  await server.start();
  const added = await server.call('POST', '/content/repositories', {
    name: 'Archive',
    ...archive.definition,
    uris: [upstream.url],
    fingerprints: [archive.fingerprint],
    keyMaterial: Buffer.from(archive.gpg.exportKeys([archive.fingerprint], true)).toString(),
  });
  expect(added).toMatchObject({ status: 201 });
  const revision = async (): Promise<string> =>
    (await database.pool.query<{ id: string }>('select id from content_revision')).rows[0]?.id ?? '';
  await expect.poll(revision, { timeout: 20_000 }).not.toBe('');
  const base = `${server.url}/content/revisions/${await revision()}`;
  const store = join(data, 'content');

  const files: readonly Served[] = packages.map(({ path, bytes }) => ({ path, bytes: Buffer.from(bytes) }));
  const stop = new AbortController();
  const counted: Counted = { whole: 0, broken: 0, wrong: [] };
  const clients = Array.from({ length: CLIENTS }, () => beClient(base, files, counted, stop.signal));
  try {
    for (let kills = 0; kills < KILLS; kills += 1) {
      const where = `seed ${SEED}, kill ${kills + 1}`;
      if (kills > 0) await server.start();
      const before = counted.whole;
      await expect.poll(() => counted.whole - before, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0);
      await sleep(random.below(300));
      await server.kill();
      expect(await flawsOf(store, database.pool), where).toEqual([]);
      expect(counted.wrong, where).toEqual([]);
    }
  } finally {
    stop.abort();
    await Promise.all(clients);
  }
  expect(counted.broken).toBeGreaterThan(KILLS);

  await server.start();
  const lying = new Set(lies.map(({ path }) => path));
  for (const { path, bytes } of files) {
    const reply = await get(`${base}/${path}`);
    if (lying.has(path)) expect(reply === null || reply.status >= 500, path).toBe(true);
    else expect(reply?.body.equals(bytes), path).toBe(true);
  }
  expect(await flawsOf(store, database.pool)).toEqual([]);
}, 240_000);
