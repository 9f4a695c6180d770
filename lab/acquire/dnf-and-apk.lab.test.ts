import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  createSignedApkRepository,
  createSignedRpmRepository,
  type HostileUpstream,
  nativeToolsForTests,
  type SignedApkRepository,
  type SignedRpmRepository,
  startHostileUpstream,
} from '@thimble/content/testing';
import type { ClientConfiguration, SnapshotDetail } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../end-to-end/server.ts';
import { run, type RunResult } from '../run.ts';
import { contentPath, missing, readContent, takeSnapshot, thimble } from './testing/frozen-fleet.ts';

const isRoot = process.getuid?.() === 0;
const available = (await nativeToolsForTests('dnf and apk on a real server', 'rpm', 'dnf')) && isRoot;
const APK_INDEX = 'x86_64/APKINDEX.tar.gz';

describe.skipIf(!available)('machines without an agent on a real server', () => {
  let top: string;
  let upstream: HostileUpstream;
  let server: ServerUnderTest;

  beforeAll(async () => {
    top = await mkdtemp(join(tmpdir(), 'without-agent-'));
    upstream = await startHostileUpstream();
    server = await startServerUnderTest({ host: '127.0.0.1', name: '127.0.0.1' });
  });
  afterAll(async () => {
    await server?.dispose();
    await upstream?.close();
    await rm(top, { recursive: true, force: true });
  });

  /** As a person adds one by hand, by the real command. */
  async function add(format: 'rpm' | 'apk', key: { name: string; text: Uint8Array; fingerprint: string }) {
    const file = join(top, key.name);
    await writeFile(file, key.text);
    const place = ['--format', format, '--url', `${upstream.url}${format}/`, '--architectures', 'x86_64'];
    const trust = ['--key-file', file, '--fingerprint', key.fingerprint];
    await thimble(server, 'content', 'repositories', 'add', '--name', format, ...place, ...trust);
  }

  const take = (name: string, format: 'rpm' | 'apk') => takeSnapshot(server, name, '--repositories', format);
  const revisionOf = (snapshot: SnapshotDetail) => snapshot.revisions[0] ?? missing('the revision');

  function publish(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
    for (const [path, bytes] of files) upstream.set(`${folder}/${path}`, { kind: 'file', bytes });
  }

  describe('rpm: a repository of createrepo_c, and real dnf in a root of its own', () => {
    let repository: SignedRpmRepository;
    let before: SnapshotDetail;
    let after: SnapshotDetail;
    let frozen: ReadonlyMap<string, Uint8Array>;

    beforeAll(async () => {
      repository = await createSignedRpmRepository();
      const release = ['Provides: system-release = 9', 'Provides: system-release(releasever) = 9'];
      await repository.signPackage(await repository.build({ name: 'test-release', version: '9', preamble: release }));
      await repository.signPackage(await repository.build({ name: 'tool', version: '1' }));
      await repository.publish();
      frozen = await repository.files();
      publish('rpm', frozen);
      const { gpg, fingerprint } = repository;
      await add('rpm', { name: 'vendor.asc', text: gpg.exportKeys([fingerprint], true), fingerprint });
      before = await take('rpm before', 'rpm');
      await repository.signPackage(await repository.build({ name: 'tool', version: '2' }));
      await repository.publish();
      for (const path of frozen.keys()) upstream.set(`rpm/${path}`, { kind: 'status', status: 404 });
      publish('rpm', await repository.files());
      after = await take('rpm after', 'rpm');
    });
    afterAll(() => repository?.close());

    /** dnf with nothing but the files that the command prints, as it prints them unless `change` says otherwise; in a folder for `/`. */
    async function dnf(snapshot: SnapshotDetail, args: readonly string[], change = (text: string) => text) {
      const folder = await mkdtemp(join(top, 'dnf-'));
      const printed = await thimble(server, 'content', 'config', snapshot.summary.id, '--format', 'rpm', '--json');
      const { files } = JSON.parse(printed) as ClientConfiguration;
      for (const { path, text } of files) {
        const inFolder = text.replaceAll(/^(gpgkey=file:\/\/|sslcacert=)(?=\/)/gm, `$1${folder}`);
        await mkdir(join(folder, dirname(path)), { recursive: true });
        await writeFile(join(folder, path), path.endsWith('.repo') ? change(inFolder) : text);
      }
      const repo = files.find(({ path }) => path.endsWith('.repo'))?.text ?? missing('a .repo file');
      expect(repo).toContain('repo_gpgcheck=1');
      const settings = [
        `reposdir=${join(folder, 'etc/yum.repos.d')}`,
        `cachedir=${join(folder, 'cache')}`,
        'varsdir=',
        'skip_if_unavailable=0',
        'gpgcheck=1',
      ];
      const options = [`--installroot=${join(top, 'root')}`, '--noplugins', '--releasever=9', '-y', '-q'];
      return run(['dnf', ...options, ...settings.map((each) => `--setopt=${each}`), ...args], { timeoutMs: 120_000 });
    }
    const content = () => readFile(join(top, 'root/usr/share/tool/content'), 'utf8');
    const wentWell = ({ code, stderr }: RunResult) => expect([code, stderr].join(' ')).toMatch(/^0/);

    test('the old snapshot installs the old package, though upstream has it no more as it was', async () => {
      wentWell(await dnf(before, ['install', 'test-release', 'tool']));
      expect(await content()).toBe('tool 1\n');
      const ticket = await ticketOf(before);
      for (const path of ['repodata/repomd.xml', 'repodata/repomd.xml.asc']) {
        const { body } = await readContent(server, contentPath(revisionOf(before).id, path), ticket);
        expect(body.equals(frozen.get(path) ?? missing(path))).toBe(true);
      }
    });

    test('the new snapshot upgrades', async () => {
      wentWell(await dnf(after, ['upgrade']));
      expect(await content()).toBe('tool 2\n');
    });

    test('without the ticket there is nothing, and with another key nothing is taken', async () => {
      const bare = await dnf(after, ['makecache'], (text) => text.replaceAll(/^(username|password)=.*$/gm, ''));
      expect(bare.code).not.toBe(0);
      expect(bare.stderr).toContain('Cannot download repodata/repomd.xml');
      const path = contentPath(revisionOf(after).id, 'repodata/repomd.xml');
      expect((await readContent(server, path, null)).status).toBe(401);
      const another = repository.gpg.createKey({ userId: 'Another <other@example.org>', algorithm: 'rsa2048' });
      await repository.signMetadata(another);
      publish('rpm', await repository.files());
      await expect(take('rpm forged', 'rpm')).rejects.toThrow('repository-failing');
      const { items } = await server.client.repositories();
      expect(items.find(({ format }) => format === 'rpm')?.fault?.code).toBe('unknown-key');
      wentWell(await dnf(after, ['makecache']));
    });

    async function ticketOf(snapshot: SnapshotDetail): Promise<string> {
      const printed = await thimble(server, 'content', 'config', snapshot.summary.id, '--format', 'rpm');
      return /^password=(\S+)$/m.exec(printed)?.[1] ?? missing('the ticket');
    }
  });

  // There is no apk-tools for Debian: a plain HTTPS client reads from the address that the command prints, and the check
  // of the index is the one of apk-tools' own documentation, by Node's RSA.
  describe('apk: an index that is built and signed here, read by a plain client', () => {
    let repository: SignedApkRepository;
    let before: SnapshotDetail;
    let frozen: ReadonlyMap<string, Uint8Array>;
    let ticket: string;

    beforeAll(async () => {
      repository = createSignedApkRepository();
      const { name, anchor } = repository.key;
      frozen = await repository.files([{ name: 'tool', version: '1-r0' }]);
      publish('apk', frozen);
      await add('apk', { name, text: anchor.material, fingerprint: anchor.fingerprint });
      before = await take('apk before', 'apk');
      const printed = await thimble(server, 'content', 'config', before.summary.id, '--format', 'apk');
      ticket = /thimble:([^@\s]+)@/.exec(printed)?.[1] ?? missing(`a ticket in ${printed}`);
      expect(printed).toContain(`127.0.0.1:${new URL(server.url).port}/content/revisions/${revisionOf(before).id}`);
      // What upstream has from now on.
      publish('apk', await repository.files([{ name: 'tool', version: '2-r0' }]));
    });

    const read = (path: string, password: string | null = ticket) =>
      readContent(server, contentPath(revisionOf(before).id, path), password);

    test('the index is upstream’s of then, byte for byte, and its signature holds', async () => {
      await take('apk after', 'apk');
      const { status, body } = await read(APK_INDEX);
      expect(status).toBe(200);
      expect(body.equals(frozen.get(APK_INDEX) ?? missing('the index'))).toBe(true);
      expect(isSigned(body, repository.key)).toBe(true);
      expect(isSigned(Buffer.concat([body, Buffer.from('\0')]), repository.key)).toBe(false);
      expect((await read(APK_INDEX, null)).status).toBe(401);
    });

    test('a package is served when its control checksum fits, and otherwise never as a whole', async () => {
      const path = 'x86_64/tool-1-r0.apk';
      const genuine = frozen.get(path) ?? missing(path);
      const other = (await repository.files([{ name: 'tool', version: '1-r0', content: 'something else\n' }])).get(
        path,
      );
      const forged = other ?? missing('the other package');
      upstream.set(`apk/${path}`, { kind: 'file', bytes: forged });
      const answer = await read(path).catch(() => null);
      expect(answer?.status ?? 0).not.toBe(200);
      expect(answer?.body.includes(Buffer.from(forged))).not.toBe(true);
      upstream.set(`apk/${path}`, { kind: 'file', bytes: genuine });
      const { status, body } = await read(path);
      expect(status).toBe(200);
      expect(body.equals(genuine)).toBe(true);
      // What it is by SHA-256, which the index does not say, is known from then on.
      expect((await read(path)).headers.etag).toBe(`"${createHash('sha256').update(genuine).digest('hex')}"`);
    });
  });
});

/** A gzip member with a tar archive of one file `.SIGN.RSA.KEY`, an RSA signature of SHA-1 over all bytes behind it. */
function isSigned(index: Buffer, { name, secret }: SignedApkRepository['key']): boolean {
  const end = index.indexOf(Buffer.from([0x1f, 0x8b, 0x08]), 1);
  const archive = gunzipSync(index.subarray(0, end));
  expect(archive.subarray(0, 100).toString().replaceAll('\0', '')).toBe(`.SIGN.RSA.${name}`);
  const sizeBytes = Number.parseInt(archive.subarray(124, 136).toString(), 8);
  return verify('sha1', index.subarray(end), createPublicKey(secret), archive.subarray(512, 512 + sizeBytes));
}
