import { type BuiltDeb, createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addTestRepository,
  type ContentUpstream,
  repositoryDetail,
  startContentUpstream,
  synchroniseTestRepository,
} from '../../testing/content-upstream.ts';
import { settle, startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';
import { makePackage } from './testing/made-package.ts';
import { createRandom } from './testing/random.ts';
import { flawsOf, readObjects } from './testing/sound.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot)
  process.stderr.write('SKIPPED: only root can mount a small disk, so what happens on a full one is not tested\n');

const random = createRandom(20_261_124);
const DISK_MB = 16;
const RESERVE_MB = 4;
const PACKAGES = 40;
const PACKAGE_BYTES = 500_000;

let directory: string;
let disk: string;
let fleet: TestFleet;
let archive: SignedAptRepository;
let upstream: ContentUpstream;
let packages: readonly BuiltDeb[];
beforeAll(async () => {
  if (!isRoot) return;
  directory = await mkdtemp('/tmp/thimble-full-');
  disk = join(directory, 'disk');
  await mkdir(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'thimble-test', disk]);
  archive = await createSignedAptRepository();
  packages = Array.from({ length: PACKAGES }, (_, index) =>
    makePackage(`made-${String(index).padStart(2, '0')}`, '1.0', random.bytes(PACKAGE_BYTES)),
  );
  await archive.publish({ packages });
  upstream = await startContentUpstream({
    files: async () =>
      new Map([...(await archive.files()), ...packages.map(({ path, bytes }) => [path, bytes] as const)]),
  });
});
afterAll(async () => {
  await fleet?.stop();
  await upstream?.close();
  await archive?.close();
  if (disk === undefined) return;
  execFileSync('umount', [disk]);
  await rm(directory, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test.skipIf(!isRoot)(
  'a disk that is full is said, serving goes on, and fetching does when there is room again (as root)',
  async () => {
    const store = join(disk, 'content');
    fleet = await startTestFleet({
      settings: { contentStore: store, contentReserveMb: RESERVE_MB, contentAccess: 'open' },
    });
    const { pool } = fleet.context.database;
    const status = async () => (await fleet.call('GET', '/content')).json;
    expect(await status()).toMatchObject({ state: 'acquiring', explanation: '' });

    const { id } = await addTestRepository(fleet, upstream, archive, { mode: 'mirror' });
    await settle(async () => (await repositoryDetail(fleet, id)).summary.fault !== null);
    const full = (await repositoryDetail(fleet, id)).summary;
    expect(full).toMatchObject({
      fault: { code: 'disk-full', side: 'host', path: null, acceptable: false },
      latest: { sequence: 1, packageCount: PACKAGES },
    });
    expect(full.fault?.message).toMatch(/nothing more is fetched.*kept in reserve.*[Mm]ake room/);

    // What is here is whole and served; what is not is refused, and the reserve is not touched.
    const { present } = await readObjects(store);
    const here = packages.filter(({ bytes }) => present.has(sha256(bytes)));
    const missing = packages.filter(({ bytes }) => !present.has(sha256(bytes)));
    expect(here.length).toBeGreaterThan(10);
    expect(missing.length).toBeGreaterThan(10);
    expect(await flawsOf(store, pool)).toEqual([]);
    const base = `${fleet.url}/content/revisions/${full.latest?.id}`;
    const get = async ({ path, bytes }: BuiltDeb): Promise<boolean> => {
      const reply = await fetch(`${base}/${path}`);
      return reply.ok && Buffer.from(await reply.arrayBuffer()).equals(bytes);
    };
    for (const each of here) expect(await get(each), each.path).toBe(true);
    const [cold] = missing;
    const refused = await fetch(`${base}/${cold?.path}`);
    expect(refused.status).toBeGreaterThanOrEqual(500);
    expect(await refused.text()).toMatch(/nothing more is fetched/);

    // Somebody else fills even the reserve.
    execFileSync('fallocate', ['-l', '3500000', join(disk, 'other')]);
    const said = await status();
    expect(said).toMatchObject({ state: 'full' });
    expect(said['explanation']).toMatch(
      /less than the reserve of 4 MB: nothing more is acquired, what is here is served on/,
    );
    for (const each of here.slice(0, 3)) expect(await get(each), each.path).toBe(true);

    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    expect(await status()).toMatchObject({ state: 'acquiring', explanation: '' });
    if (cold !== undefined) expect(await get(cold)).toBe(true);
    await synchroniseTestRepository(fleet, id);
    await settle(async () => (await repositoryDetail(fleet, id)).summary.latest?.storedCount === PACKAGES);
    // The last file is there before the turn that fetched it has ended.
    await settle(async () => (await repositoryDetail(fleet, id)).summary.fault === null);
    expect((await repositoryDetail(fleet, id)).summary).toMatchObject({ fault: null, health: 'fresh' });
    for (const each of packages) expect(await get(each), each.path).toBe(true);
    expect(await flawsOf(store, pool)).toEqual([]);
    // Each crossed the line once.
    const asked = upstream.requests.map(({ path }) => path).filter((path) => path.startsWith('pool/'));
    expect(asked.length).toBe(new Set(asked).size);
  },
);

test.skipIf(!isRoot)('a disk that fills while it is written to is the same, without a reserve (as root)', async () => {
  await fleet.stop();
  const small = join(directory, 'small');
  await mkdir(small);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'thimble-test', small]);
  try {
    fleet = await startTestFleet({
      settings: { contentStore: join(small, 'content'), contentReserveMb: 0, contentAccess: 'open' },
    });
    const { id } = await addTestRepository(fleet, upstream, archive, { mode: 'mirror' });
    await settle(async () => (await repositoryDetail(fleet, id)).summary.fault !== null);
    expect((await repositoryDetail(fleet, id)).summary.fault).toMatchObject({ code: 'disk-full', side: 'host' });
    expect(await flawsOf(join(small, 'content'), fleet.context.database.pool)).toEqual([]);
    expect(fleet.errors).toEqual([]);
  } finally {
    await fleet.stop();
    execFileSync('umount', [small]);
  }
});
