import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { openManifest } from '@thimble/content/bundle';
import {
  type BuiltDeb,
  createSignedAptRepository,
  type HostileUpstream,
  type SignedAptRepository,
  startHostileUpstream,
} from '@thimble/content/testing';
import type {
  EvidenceList,
  RepositoryDetail,
  RepositoryList,
  RepositorySummary,
  SnapshotDetail,
  SnapshotList,
} from '@thimble/protocol';
import { fakeManifest, fakePackage } from '@thimble/server/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandedFleet, startCommandedFleet } from '../testing/fleet.ts';

const IN_RELEASE = 'dists/stable/InRelease';

let archive: SignedAptRepository;
let upstream: HostileUpstream;
/** With a line to the upstream. */
let outside: CommandedFleet;
/** Without one, and trusting the bundles of the other. */
let inside: CommandedFleet;
let folder = '';
const built = new Map<string, BuiltDeb>();

beforeAll(async () => {
  archive = await createSignedAptRepository();
  // More than fits into one reply's buffers: an export can be stopped in its middle.
  const large = { '/usr/share/large': 'x'.repeat(200_000) };
  for (const [name, version, files] of [
    ['hello', '1.0'],
    ['world', '2:2.0-1'],
    ['linux-image-6.1.0-41-amd64', '6.1.1', large],
    ['nobody-has-it', '1.0'],
  ] as const)
    built.set(
      name,
      await archive.build({
        name,
        version,
        ...(name.startsWith('linux') ? { source: 'linux' } : {}),
        ...(files === undefined ? {} : { files }),
      }),
    );
  await archive.publish({ extra: { 'main/i18n/Translation-en': 'Package: hello\n' } });
  upstream = await startHostileUpstream();
  await publishUpstream();
  outside = await startCommandedFleet();
  inside = await startCommandedFleet({ settings: { feedKeys: outside.server.context.orderKey.keyid } });
  const { json, status } = await call(outside, 'POST', '/content/repositories', {
    name: 'Test archive',
    ...archive.definition,
    uris: [upstream.url],
    fingerprints: [archive.fingerprint],
    keyMaterial: Buffer.from(archive.gpg.exportKeys([archive.fingerprint], true)).toString(),
  });
  expect(status, JSON.stringify(json)).toBe(201);
  await outside.agent('web1', {
    manifest: fakeManifest([
      fakePackage('hello', '0.9'),
      fakePackage('world', '1.0'),
      fakePackage('linux-image-6.1.0-40-amd64', '6.1.0', { source: 'linux', architecture: 'all' }),
    ]),
  });
  await outside.json('content', 'snapshot', '--name', 'old');
  folder = mkdtempSync(join(tmpdir(), 'thimble-export-'));
}, 60_000);

afterAll(async () => {
  await inside?.server.stop();
  await outside?.server.stop();
  await upstream?.close();
  await archive?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function publishUpstream(): Promise<void> {
  for (const [path, bytes] of await archive.files()) upstream.set(path, { kind: 'file', bytes });
}

async function call(
  { server, env }: CommandedFleet,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const reply = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${env.get('THIMBLE_TOKEN')}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, json: await reply.json() };
}

/** Through the Unix socket, as the local command line: no token. */
function overSocket({ server }: CommandedFleet, path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    request({ socketPath: server.socketPath, path, host: 'localhost' }, (reply) => {
      if (reply.statusCode === 200) resolve(buffer(reply));
      else reject(new Error(`${reply.statusCode}`));
    })
      .on('error', reject)
      .end();
  });
}

const deb = (name: string): Uint8Array => built.get(name)?.bytes ?? Buffer.of();
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const objectPath = (at: string, sha256: string): string => join(at, 'objects', sha256.slice(0, 2), sha256.slice(2));
const signedIn = (at: string) => JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8')) as never;
const filesIn = (at: string): number =>
  readdirSync(join(at, 'objects'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

describe('thimble content export', () => {
  it('that is stopped in its middle goes on where it was', async () => {
    const stop = new AbortController();
    const image = built.get('linux-image-6.1.0-41-amd64')?.path ?? '';
    upstream.set(image, {
      kind: 'held',
      until: new Promise((go) => stop.signal.addEventListener('abort', go)),
      next: { kind: 'file', bytes: deb('linux-image-6.1.0-41-amd64') },
    });
    const stopped = outside.run(['content', 'export', '--snapshot', 'old', folder], undefined, stop.signal);
    // All other files are there by then: what the upstream holds back is what is waited for.
    await expect.poll(() => (readdirSync(folder).includes('objects') ? filesIn(folder) : 0)).toBeGreaterThan(3);
    stop.abort();
    expect((await stopped).code).not.toBe(0);
    const before = filesIn(folder);
    const whole = await outside.json<{ files: number; fetched: number; gaps: unknown[]; signer: string }>(
      'content',
      'export',
      '--snapshot',
      'old',
      folder,
    );
    expect(whole).toMatchObject({ files: filesIn(folder), signer: outside.server.context.orderKey.keyid, gaps: [] });
    expect(whole.fetched).toBe(whole.files - before);
    expect(whole.fetched).toBeGreaterThan(0);
    const again = await outside.json<{ fetched: number }>('content', 'export', '--snapshot', 'old', folder);
    expect(again.fetched).toBe(0);
  });

  it('has what the fleet needs: any version of it, and kernels by their series; all with --packages all', async () => {
    const { objects, repositories } = openManifest(signedIn(folder), [outside.server.context.orderKey.keyid]);
    const needed = ['hello', 'world', 'linux-image-6.1.0-41-amd64'].map(
      (name) => `${digest(deb(name))} ${deb(name).length}`,
    );
    expect(objects).toEqual(needed.sort());
    expect(repositories[0]?.metadata.map(({ path }) => path)).toContain(IN_RELEASE);
    const everything = mkdtempSync(join(tmpdir(), 'thimble-export-'));
    await outside.json('content', 'export', '--snapshot', 'old', '--packages', 'all', everything);
    const all = openManifest(signedIn(everything), [outside.server.context.orderKey.keyid]);
    expect(all.objects).toEqual([...needed, `${digest(deb('nobody-has-it'))} ${deb('nobody-has-it').length}`].sort());
    rmSync(everything, { recursive: true });
  });

  it('is evidence', async () => {
    const { json } = await call(outside, 'GET', '/evidence?limit=1');
    expect((json as EvidenceList).items).toMatchObject([
      { kind: 'content-exported', actor: 'test', detail: { name: 'old', objectCount: 4, packages: 'all' } },
    ]);
  });
});

describe('thimble content verify', () => {
  it('finds a whole folder good, and names what was changed', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'thimble-export-'));
    cpSync(folder, copy, { recursive: true });
    expect(await outside.run(['content', 'verify', copy])).toMatchObject({ code: 0 });
    const sha256 = digest(deb('hello'));
    const bytes = Buffer.from(deb('hello'));
    bytes[70] = (bytes[70] ?? 0) ^ 1;
    writeFileSync(objectPath(copy, sha256), bytes);
    const { code, stderr } = await outside.run(['content', 'verify', copy]);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(`damaged: ${sha256}`) });
    const refused = await inside.run(['content', 'import', '--no-advisories', copy]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(sha256) });
    rmSync(objectPath(copy, sha256));
    const missing = await inside.run(['content', 'import', '--no-advisories', copy]);
    expect(missing).toMatchObject({ code: 5, stderr: expect.stringContaining(`${sha256} is not in the folder`) });
    truncateSync(join(copy, 'manifest.json'), 5_000);
    const truncated = await inside.run(['content', 'import', copy]);
    expect(truncated).toMatchObject({ code: 2, stderr: expect.stringContaining('no JSON') });
    rmSync(copy, { recursive: true });
    expect(((await call(inside, 'GET', '/content/snapshots')).json as SnapshotList).items).toEqual([]);
  });
});

describe('thimble content import', () => {
  let asked = 0;
  it('of a stranger is refused, with what to do', async () => {
    const stranger = await startCommandedFleet();
    const { code, stderr } = await stranger.run(['content', 'import', '--no-advisories', folder]);
    await stranger.server.stop();
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('none of the trusted keys') });
    expect(stderr).toContain('feed-keys');
  });

  it('gives the other server the same bytes, and asks no network', async () => {
    asked = upstream.requests.length;
    const { summary, revisions } = await inside.json<SnapshotDetail>('content', 'import', folder);
    expect(summary).toMatchObject({ name: 'old', origin: 'imported', packageCount: 4, revisionCount: 1 });
    const at = `/content/revisions/${revisions[0]?.id}/`;
    const files = await archive.files();
    for (const path of [IN_RELEASE, 'dists/stable/main/binary-amd64/Packages.xz', built.get('hello')?.path ?? ''])
      expect((await overSocket(inside, at + path)).equals(Buffer.from(files.get(path) ?? [])), path).toBe(true);
    const { items } = (await call(inside, 'GET', '/content/repositories')).json as RepositoryList;
    expect(items).toMatchObject([
      {
        name: 'Test archive',
        enabled: false,
        health: 'off',
        keys: [{ fingerprint: archive.fingerprint }],
        nextAt: null,
      },
    ]);
    const evidence = ((await call(inside, 'GET', '/evidence')).json as EvidenceList).items;
    const signer = outside.server.context.orderKey.keyid;
    expect(evidence.filter(({ kind }) => /^(content|repository)-/.test(kind))).toMatchObject([
      { kind: 'content-imported', actor: 'test', detail: { signer, nameThere: 'old' } },
      { kind: 'repository-added', actor: 'test', detail: { fingerprints: [archive.fingerprint], signer } },
    ]);
    expect(upstream.requests.length).toBe(asked);
  });

  it('again changes nothing', async () => {
    const count = async (): Promise<number> => ((await call(inside, 'GET', '/evidence')).json as EvidenceList).total;
    const before = ((await call(inside, 'GET', '/content/snapshots')).json as SnapshotList).items;
    const records = await count();
    await inside.json('content', 'import', '--no-advisories', folder);
    expect(((await call(inside, 'GET', '/content/snapshots')).json as SnapshotList).items).toEqual(before);
    expect(await count()).toBe(records);
  });

  it('takes bundles in any order: an older one is not the newest state, and all serve what they had', async () => {
    const states: { readonly path: string; readonly release: Uint8Array; readonly name: string }[] = [];
    for (const [name, version] of [
      ['second', '1.1'],
      ['third', '1.2'],
    ] as const) {
      const hello = await archive.build({ name: 'hello', version });
      await archive.publish({ date: new Date(Date.now() + states.length * 1000 + 1000), packages: [hello] });
      await publishUpstream();
      await outside.json('content', 'snapshot', '--name', name);
      const at = mkdtempSync(join(tmpdir(), 'thimble-export-'));
      await outside.json('content', 'export', '--no-advisories', '--snapshot', name, at);
      states.push({ path: at, name, release: (await archive.files()).get(IN_RELEASE) ?? Buffer.of() });
    }
    const [second, third] = states;
    if (second === undefined || third === undefined) throw new Error('two states');
    const details = new Map<string, SnapshotDetail>();
    for (const { path, name } of [third, second]) details.set(name, await inside.json('content', 'import', path));
    const { items } = (await call(inside, 'GET', '/content/repositories')).json as RepositoryList;
    expect(items).toMatchObject([{ revisionCount: 3, latest: { metadataSha256: digest(third.release) } }]);
    for (const { name, release, path } of states) {
      const [revision] = details.get(name)?.revisions ?? [];
      expect(revision).toMatchObject({ packageCount: 1, storedCount: 1 });
      expect((await overSocket(inside, `/content/revisions/${revision?.id}/${IN_RELEASE}`)).equals(release)).toBe(true);
      rmSync(path, { recursive: true });
    }
    const { items: snapshots } = (await call(inside, 'GET', '/content/snapshots')).json as SnapshotList;
    expect(snapshots.map(({ name, packageCount }) => ({ name, packageCount }))).toEqual([
      { name: 'third', packageCount: 1 },
      { name: 'second', packageCount: 1 },
      { name: 'old', packageCount: 4 },
    ]);
  });

  it('goes together with asking upstream: what a person switches on compares with the newest state', async () => {
    const { items } = (await call(inside, 'GET', '/content/repositories')).json as RepositoryList;
    const id = items[0]?.id ?? '';
    const looked = async (): Promise<RepositorySummary> => {
      let summary: RepositorySummary | undefined;
      await expect
        .poll(
          async () => {
            ({ summary } = (await call(inside, 'GET', `/content/repositories/${id}`)).json as RepositoryDetail);
            return summary.health === 'fresh' && summary.running === null && summary.nextAt !== null;
          },
          { timeout: 10_000 },
        )
        .toBe(true);
      if (summary === undefined) throw new Error('it was read');
      return summary;
    };
    await call(inside, 'PUT', `/content/repositories/${id}`, { enabled: true });
    expect(await looked()).toMatchObject({ revisionCount: 3, latest: items[0]?.latest });
    const hello = await archive.build({ name: 'hello', version: '1.3' });
    await archive.publish({ date: new Date(Date.now() + 10_000), packages: [hello] });
    await publishUpstream();
    const made = await inside.json<SnapshotDetail>('content', 'snapshot', '--name', 'fourth');
    expect(made.revisions).toMatchObject([{ sequence: 4, packageCount: 1, addedCount: 1, removedCount: 1 }]);
    const at = `/content/revisions/${made.revisions[0]?.id}/`;
    expect((await overSocket(inside, at + hello.path)).equals(Buffer.from(hello.bytes))).toBe(true);
  });
});
