import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RepositoryPackage } from '../../model/index.ts';
import { createMemoryContext } from '../../testing/memory-context.ts';
import { nativeToolsForTests } from '../../testing/native-tools.ts';
import { createSignedRpmRepository, type SignedRpmRepository } from '../../testing/signed-rpm-repository.ts';
import { rpmFormat } from './index.ts';

const isRoot = process.getuid?.() === 0;
const available = (await nativeToolsForTests('dnf over a frozen repository', 'rpm', 'dnf')) && isRoot;
const execute = promisify(execFile);

const UPDATEINFO = `<?xml version="1.0" encoding="UTF-8"?>
<updates><update from="security@example.org" status="final" type="security" version="1"><id>TESTSA-2026:1</id>
<title>Important: tool</title><issued date="2026-01-01 10:00:00"/><severity>Important</severity><description>d</description>
<references><reference href="https://example.org/CVE-2026-0001" id="CVE-2026-0001" title="CVE-2026-0001" type="cve"/></references>
<pkglist><collection short="T"><name>T</name><package name="tool" version="2" release="1" epoch="0" arch="noarch" src="tool-2-1.src.rpm">
<filename>tool-2-1.noarch.rpm</filename></package></collection></pkglist></update></updates>`;

describe.skipIf(!available)('real dnf on what freezing keeps', () => {
  let repository: SignedRpmRepository;
  let top: string;
  let dnf: (...args: readonly string[]) => Promise<string>;
  const site = (): string => join(top, 'site');
  const root = (): string => join(top, 'root');

  beforeAll(async () => {
    top = await mkdtemp(join(tmpdir(), 'frozen-dnf-'));
    repository = await createSignedRpmRepository();
    const release = ['Provides: system-release = 9', 'Provides: system-release(releasever) = 9'];
    const packages = [
      await repository.build({ name: 'test-release', version: '9', preamble: release }),
      await repository.build({ name: 'tool', version: '1' }),
      await repository.build({ name: 'tool', version: '2' }),
      await repository.build({ name: 'unsigned', version: '1' }),
    ];
    for (const path of packages.slice(0, -1)) await repository.signPackage(path);
    await repository.publish({ updateinfo: UPDATEINFO });
    await layOut();
    await configure();
  });
  afterAll(async () => {
    await repository?.close();
    await rm(top, { recursive: true, force: true });
  });

  /** Only what was frozen, and packages whose bytes pass the check that was emitted for them. */
  async function layOut(): Promise<void> {
    const files = await repository.files();
    const found: RepositoryPackage[] = [];
    const context = createMemoryContext({ files, anchors: [repository.anchor] });
    const result = await rpmFormat.freeze(repository.definition, context, (one) => {
      found.push(one);
    });
    if (result.kind !== 'frozen') throw new Error('nothing was frozen');
    const packages = await Promise.all(found.map((one) => context.fetch(one)));
    for (const { path, sha256 } of [...result.files, ...packages]) {
      const target = join(site(), path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, context.stored.get(sha256) ?? '');
    }
  }

  async function configure(): Promise<void> {
    const keyringPath = join(top, 'key.asc');
    await writeFile(keyringPath, repository.gpg.exportKeys([repository.fingerprint], true));
    const address = { url: `file://${site()}/`, credentials: null, keyringPath, label: 'Test' };
    const [configuration] = rpmFormat.clientConfiguration(repository.definition, address);
    const reposdir = join(top, 'repos');
    await mkdir(reposdir);
    await writeFile(join(reposdir, 'thimble.repo'), configuration?.text ?? '');
    const settings = [
      `reposdir=${reposdir}`,
      `cachedir=${join(top, 'cache')}`,
      'varsdir=',
      'gpgcheck=1',
      'skip_if_unavailable=0',
    ];
    const options = [
      `--installroot=${root()}`,
      '--noplugins',
      '--releasever=9',
      '-y',
      '-q',
      ...settings.map((setting) => `--setopt=${setting}`),
    ];
    dnf = async (...args) => {
      const environment = { ...process.env, LC_ALL: 'C.UTF-8' };
      const { stdout, stderr } = await execute('dnf', [...options, ...args], { env: environment, timeout: 120_000 });
      return `${stdout}${stderr}`;
    };
  }

  test('installs a package, the signatures of metadata and packages checked', async () => {
    await dnf('install', 'test-release', 'tool-1-1');
    expect(await readFile(join(root(), 'usr/share/tool/content'), 'utf8')).toBe('tool 1\n');
  });

  test('lists its advisories, and which package has a file', async () => {
    expect(await dnf('updateinfo', 'list', '--security')).toContain('TESTSA-2026:1 Important/Sec. tool-2-1.noarch');
    expect(await dnf('provides', '/usr/share/tool/content')).toContain('tool-2-1.noarch');
  });

  test('upgrades for an advisory', async () => {
    await dnf('upgrade', '--advisory=TESTSA-2026:1');
    expect(await readFile(join(root(), 'usr/share/tool/content'), 'utf8')).toBe('tool 2\n');
  });

  test('refuses a package without a signature', async () => {
    await expect(dnf('install', 'unsigned')).rejects.toMatchObject({
      stderr: expect.stringMatching(/unsigned-1-1\.noarch.*is not signed/),
    });
  });

  test('refuses metadata of which one byte is other than what was frozen', async () => {
    const repomd = join(site(), 'repodata/repomd.xml');
    const good = await readFile(repomd);
    await cp(repomd, `${repomd}.good`);
    await writeFile(repomd, good.toString().replace('<revision>', '<revision>1'));
    await dnf('clean', 'all');
    await expect(dnf('makecache')).rejects.toMatchObject({
      stderr: expect.stringMatching(/repomd\.xml GPG signature verification error: Bad GPG signature/),
    });
    await cp(`${repomd}.good`, repomd);
    await dnf('makecache');
  });
});
