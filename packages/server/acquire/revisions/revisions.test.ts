import { type BuiltDeb, createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import type { RepositorySummary } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settle } from '../../testing/test-fleet.ts';
import {
  addTestRepository,
  type ContentUpstream,
  repositoryDetail,
  startContentUpstream,
  synchroniseTestRepository,
} from '../../testing/content-upstream.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
let archive: SignedAptRepository;
let upstream: ContentUpstream;
let repository: RepositorySummary;
let hello: BuiltDeb;
let world: BuiltDeb;
beforeAll(async () => {
  fleet = await startTestFleet();
  archive = await createSignedAptRepository();
  hello = await archive.build({ name: 'hello', version: '1.0' });
  world = await archive.build({ name: 'world', version: '2:2.0-1', source: 'planet (2.0-1)' });
  await archive.publish();
  upstream = await startContentUpstream(archive);
  repository = await addTestRepository(fleet, upstream, archive);
});
afterAll(async () => {
  await fleet?.stop();
  await upstream?.close();
  await archive?.close();
});

const look = (body?: Readonly<Record<string, unknown>>) => synchroniseTestRepository(fleet, repository.id, body);
const rows = async () =>
  (
    await fleet.context.database.pool.query(
      `select name, version, since_sequence as since, until_sequence as until from content_package
       where repository_id = $1 order by name, version, since_sequence`,
      [repository.id],
    )
  ).rows;
const publish = async (packages: readonly BuiltDeb[]): Promise<void> => {
  await archive.publish({ packages });
  await upstream.refresh();
};

describe('a repository that is looked at', () => {
  test('has its first revision at once, verified by the approved key', async () => {
    expect(repository).toMatchObject({
      health: 'fresh',
      fault: null,
      revisionCount: 1,
      running: null,
      latest: { sequence: 1, packageCount: 2, addedCount: 2, removedCount: 0, signedBy: archive.fingerprint },
    });
    const { rows: files } = await fleet.context.database.pool.query<{ path: string; stored: boolean }>(
      `select f.path, o.sha256 is not null as stored from content_revision_file f
       left join content_object o using (sha256) where not f.on_demand order by f.path`,
    );
    expect(files.find(({ path }) => path === 'dists/stable/InRelease')?.stored).toBe(true);
    expect(files.every(({ stored }) => stored)).toBe(true);
    const { rows: usage } = await fleet.context.database.pool.query<{ bytes: number }>(
      'select sum(upstream_bytes)::bigint as bytes from content_usage where repository_id = $1',
      [repository.id],
    );
    expect(usage[0]?.bytes).toBeGreaterThan(500);
  });

  test('writes nothing when nothing has changed', async () => {
    const before = await rows();
    const again = await look();
    expect(again).toMatchObject({ health: 'fresh', revisionCount: 1, latest: repository.latest });
    expect(Date.parse(again.checkedAt ?? '')).toBeGreaterThan(Date.parse(repository.checkedAt ?? ''));
    expect(await rows()).toEqual(before);
    expect((await repositoryDetail(fleet, repository.id)).faults).toEqual([]);
  });

  test('writes only what begins and what ends', async () => {
    const newer = await archive.build({ name: 'hello', version: '1.1' });
    await publish([newer, world]);
    expect((await look()).latest).toMatchObject({ sequence: 2, packageCount: 2, addedCount: 1, removedCount: 1 });
    expect(await rows()).toEqual([
      { name: 'hello', version: '1.0', since: 1, until: 2 },
      { name: 'hello', version: '1.1', since: 2, until: null },
      { name: 'world', version: '2:2.0-1', since: 1, until: null },
    ]);
    await publish([hello, newer, world]);
    expect((await look()).latest).toMatchObject({ sequence: 3, addedCount: 1, removedCount: 0 });
  });

  test('reads the same metadata again when what is wanted of it has changed', async () => {
    const change = (components: string[]) =>
      fleet.call('PUT', `/content/repositories/${repository.id}`, { components });
    expect(await change(['main', 'contrib'])).toMatchObject({ status: 200 });
    // The archive has no such component: that is a fault only if it is looked at again.
    await settle(async () => (await repositoryDetail(fleet, repository.id)).summary.fault !== null);
    expect((await repositoryDetail(fleet, repository.id)).summary).toMatchObject({
      health: 'failing',
      latest: { sequence: 3 },
    });
    await change(['main']);
    expect(await look()).toMatchObject({ health: 'fresh', latest: { sequence: 3 } });
  });
});

describe('other bytes under a version that was there before', () => {
  let faulty: RepositorySummary;

  test('are refused as a whole, and counted up as one fault', async () => {
    const replaced = await archive.build({ name: 'hello', version: '1.0', files: { '/etc/hello': 'another build' } });
    await publish([replaced, world]);
    const first = await look();
    expect(first).toMatchObject({
      health: 'failing',
      fault: { code: 'same-version-other-bytes', side: 'trust', count: 1, acceptable: true, path: replaced.path },
      latest: { sequence: 3 },
    });
    expect(first.fault?.message).toMatch(/hello 1\.0 \(all\).*accept this very state/);
    faulty = await look();
    expect(faulty.fault).toMatchObject({ id: first.fault?.id, count: 2 });
    // Twice as long, each with up to a tenth more.
    const waitMs = (one: RepositorySummary) => Date.parse(one.nextAt ?? '') - Date.parse(one.fault?.lastAt ?? '');
    expect(Math.round(waitMs(first) / 330_000)).toBe(1);
    expect(Math.round(waitMs(faulty) / 660_000)).toBe(1);
  });

  test('are taken when a person accepts exactly this state', async () => {
    const acceptFaultId = faulty.fault?.id ?? '';
    expect(await look({ acceptFaultId })).toMatchObject({ health: 'fresh', fault: null, latest: { sequence: 4 } });
    const { json } = await fleet.call('GET', '/evidence?limit=2');
    expect(json['items']).toMatchObject([
      { kind: 'repository-recovered' },
      { kind: 'repository-changed', actor: 'Administrator', detail: { acceptedFaultId: acceptFaultId } },
    ]);
    // Nothing has to be said to look for news.
    expect((await fleet.call('POST', `/content/repositories/${repository.id}/sync`)).status).toBe(202);
    const again = await fleet.call('POST', `/content/repositories/${repository.id}/sync`, { acceptFaultId });
    expect(again).toMatchObject({ status: 409, json: { code: 'not-acceptable' } });
    expect(await look()).toMatchObject({ health: 'fresh', latest: { sequence: 4 } });
  });

  test('are refused when upstream has moved on since the person looked', async () => {
    const replaced = await archive.build({ name: 'world', version: '2:2.0-1', files: { '/etc/world': 'one' } });
    await publish([replaced]);
    const { fault } = await look();
    expect(fault).toMatchObject({ acceptable: true });
    const moved = await archive.build({ name: 'world', version: '2:2.0-1', files: { '/etc/world': 'two' } });
    await publish([moved]);
    expect(await look({ acceptFaultId: fault?.id })).toMatchObject({
      health: 'failing',
      fault: { code: 'same-version-other-bytes', count: 2 },
      latest: { sequence: 4 },
    });
  });
});

describe('mirroring', () => {
  test('fetches ahead what the filter keeps, once, and only what is missing', async () => {
    const vendor = await createSignedAptRepository();
    const newest = await vendor.build({ name: 'many', version: '1:1.0' });
    await vendor.build({ name: 'many', version: '2.0' });
    const other = await vendor.build({ name: 'other', version: '1.0' });
    await vendor.publish();
    const own = await startContentUpstream(vendor);
    const mirror = await addTestRepository(fleet, own, vendor, {
      name: 'Mirror',
      mode: 'mirror',
      filter: { architectures: ['amd64'], components: ['main'], newest: 1 },
    });
    const stored = async () => (await repositoryDetail(fleet, mirror.id)).summary.latest?.storedCount ?? 0;
    await settle(async () => (await stored()) === 2);
    const fetched = own.requests.map(({ path }) => path).filter((path) => path.endsWith('.deb'));
    // By the scheme's order 1:1.0 is newer than 2.0.
    expect(fetched.sort()).toEqual([newest.path, other.path].sort());
    await fleet.call('PUT', `/content/repositories/${mirror.id}`, {
      filter: { architectures: [], components: [], newest: null },
    });
    await settle(async () => (await stored()) === 3);
    const all = own.requests.map(({ path }) => path).filter((path) => path.endsWith('.deb'));
    expect(new Set(all).size).toBe(all.length);
    await own.close();
    await vendor.close();
  });

  test('that is asked for while a turn fails begins again when that turn is over', async () => {
    const vendor = await createSignedAptRepository();
    const lost = await vendor.build({ name: 'lost', version: '1.0' });
    const slow = await vendor.build({ name: 'slow', version: '1.0' });
    await vendor.publish();
    const own = await startContentUpstream(vendor);
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    own.set(lost.path, { kind: 'status', status: 404 });
    own.set(slow.path, { kind: 'held', until, next: { kind: 'file', bytes: slow.bytes } });
    const mirror = await addTestRepository(fleet, own, vendor, { name: 'Asked twice', mode: 'mirror' });
    const summary = async () => (await repositoryDetail(fleet, mirror.id)).summary;
    await settle(async () => (await summary()).fault !== null);

    own.set(lost.path, { kind: 'file', bytes: lost.bytes });
    await synchroniseTestRepository(fleet, mirror.id);
    release();
    await settle(async () => (await summary()).latest?.storedCount === 2);
    await own.close();
    await vendor.close();
  });
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
