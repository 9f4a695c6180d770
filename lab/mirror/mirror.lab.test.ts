import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { machineMirror } from '../apt-sources.ts';
import { cacheFolder } from '../folders.ts';
import {
  createLab,
  createVendorRepository,
  labForTests,
  startMirror,
  type Endpoint,
  type Lab,
  type Mirror,
  type VendorPackage,
  type VendorRepository,
} from '../index.ts';
import { Snapshot } from './snapshot.ts';

const SUITES = ['bookworm-security', 'bookworm-updates'];
const UPDATE = ['apt-get', '-q', 'update', '-o', 'APT::Update::Error-Mode=any'];
const ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };

const widget = (version: string, more: Partial<VendorPackage> = {}): VendorPackage => ({
  name: 'widget',
  version,
  programs: { '/usr/bin/widget': `#!/bin/sh\necho ${version}\n` },
  conffiles: { '/etc/widget.conf': `version = ${version}\n` },
  ...more,
});

const availability = labForTests('the mirror with real endpoints');

describe.skipIf(!availability.available)('an endpoint behind the mirror', () => {
  let lab: Lab;
  let mirror: Mirror;
  let vendor: VendorRepository;
  let web: Endpoint;

  beforeAll(async () => {
    lab = await createLab({ tag: 'mirror test' });
    mirror = await startMirror({ host: lab.gateway, suites: SUITES });
    vendor = await createVendorRepository('widgets', mirror);
    await vendor.publish({ packages: [] });
    web = await lab.endpoint({ name: 'web', base: 'web' });
    await web.boot();
    await web.useMirror(mirror, { suites: SUITES, vendors: [vendor] });
  });
  afterAll(async () => {
    await mirror.stop();
    await vendor.dispose();
    await lab.destroy();
  });
  afterEach(() => mirror.faults.clear());

  const apt = (...argv: readonly string[]) => web.exec(['apt-get', '-q', '-y', ...argv], { env: ENVIRONMENT });
  const install = (...names: readonly string[]) =>
    apt('install', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', ...names);
  const installed = async (name: string): Promise<string> =>
    (await web.exec(['dpkg-query', '-W', '-f', '${db:Status-Abbrev} ${Version}', name])).stdout;

  test("accepts the frozen suites with Debian's signatures and has genuine security updates pending", async () => {
    expect(await web.exec(UPDATE)).toMatchObject({ code: 0, stderr: '' });
    const simulated = (await apt('-s', 'dist-upgrade')).stdout;
    const pending = [...simulated.matchAll(/^Inst (\S+) \[\S+\] \((\S+) Debian-Security:/gm)];
    const frozen = await mirror.snapshot.packages('bookworm-security');
    expect(pending.length).toBeGreaterThan(0);
    for (const [, name = '', version] of pending) expect([name, frozen.get(name)?.version]).toEqual([name, version]);
  });

  test('refuses a package with one flipped bit and installs nothing', async () => {
    const before = await installed('openssl');
    mirror.fault({ kind: 'flip', match: /\/pool\/.*\.deb$/ });
    const refused = await install('openssl');
    expect(refused).toMatchObject({ code: 100, stderr: expect.stringContaining('Hash Sum mismatch') });
    expect(await installed('openssl')).toBe(before);
  });

  test('resumes a download that was cut instead of beginning anew', async () => {
    mirror.requests.length = 0;
    mirror.fault({ kind: 'cut', match: /libssl3_.*\.deb$/, afterBytes: 500_000, times: 1 });
    expect((await apt('-d', 'install', 'libssl3')).code).toBe(0);
    const asked = mirror.requests.filter((request) => request.path.includes('libssl3'));
    expect(asked.map((request) => request.status)).toEqual([200, 206]);
  });

  test('refuses an index that was changed or that is signed by somebody else', async () => {
    const fresh = ['-o', 'Dir::State::lists=/var/lib/apt/fresh'];
    await web.shell('mkdir -p /var/lib/apt/fresh/partial');
    const end = mirror.fault({ kind: 'flip', match: /bookworm-security\/InRelease$/ });
    expect((await web.exec([...UPDATE, ...fresh])).code).toBe(100);
    end();
    const replaced = { kind: 'replace', body: () => Buffer.from(vendor.inRelease()) } as const;
    mirror.fault({ ...replaced, match: /bookworm-security\/InRelease$/ });
    const refused = await web.exec([...UPDATE, ...fresh]);
    expect(refused).toMatchObject({ code: 100, stderr: expect.stringContaining('NO_PUBKEY') });
  });

  test('notices a dead mirror and finds it again', async () => {
    await mirror.stop();
    expect((await web.exec([...UPDATE, '-o', 'Acquire::Retries=0'])).code).toBe(100);
    await mirror.start();
    expect((await web.exec(UPDATE)).code).toBe(0);
  });

  describe("with a vendor's archive of our own", () => {
    test('installs what is published, and keeps a changed conffile when told to', async () => {
      await vendor.publish({ packages: [widget('1.0')] });
      await web.exec(UPDATE);
      expect((await install('widget')).code).toBe(0);
      expect(await web.shell('widget; cat /etc/widget.conf')).toBe('1.0\nversion = 1.0\n');
      await web.write('/etc/widget.conf', 'mine\n');
      await vendor.publish({ packages: [widget('1.1')] });
      await web.exec(UPDATE);
      expect((await install('widget', '-o', 'Dpkg::Options::=--force-confold')).code).toBe(0);
      expect(await web.shell('widget; cat /etc/widget.conf')).toBe('1.1\nmine\n');
    });

    test('is left half configured by a script that fails, and repaired by the next version', async () => {
      await vendor.publish({ packages: [widget('1.2', { scripts: { postinst: 'echo broken >&2; exit 3' } })] });
      await web.exec(UPDATE);
      expect((await install('widget', '-o', 'Dpkg::Options::=--force-confold')).code).toBe(100);
      expect(await installed('widget')).toBe('iF  1.2');
      await vendor.publish({ packages: [widget('1.3')] });
      await web.exec(UPDATE);
      expect((await install('widget', '-o', 'Dpkg::Options::=--force-confold')).code).toBe(0);
      expect(await installed('widget')).toBe('ii  1.3');
    });

    test('ignores a replayed older index while it has its lists, and believes it with fresh ones', async () => {
      const dates = ['2026-01-01', '2026-01-02'].map((day) => new Date(`${day}T00:00:00Z`));
      const revisions = [];
      for (const [index, date] of dates.entries()) {
        revisions.push(
          await vendor.publish({ packages: [{ name: 'replayed', version: `${index}` }], release: { date } }),
        );
      }
      const candidate = async (...options: readonly string[]): Promise<string> => {
        expect((await web.exec([...UPDATE, ...options])).code).toBe(0);
        return (
          /Candidate: (.*)/.exec((await web.exec(['apt-cache', 'policy', ...options, 'replayed'])).stdout)?.[1] ?? ''
        );
      };
      // The lists hold what the tests above published with today's date: begin with the older of the two.
      await web.shell('rm -rf /var/lib/apt/lists/*widgets*');
      expect(await candidate()).toBe('1');
      vendor.replay(revisions[0] ?? 0);
      expect(await candidate()).toBe('1');
      await web.shell('mkdir -p /root/lists/partial');
      expect(await candidate('-o', 'Dir::State::lists=/root/lists')).toBe('0');
    });

    test('refuses an expired index', async () => {
      const [date, validUntil] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-08T00:00:00Z')];
      await vendor.publish({ packages: [], release: { date, validUntil } });
      await web.shell('rm -rf /var/lib/apt/lists/*widgets*');
      expect(await web.exec(UPDATE)).toMatchObject({ code: 100, stderr: expect.stringContaining('is expired') });
    });

    test('installs nothing when a package is listed but gone', async () => {
      const [one, two] = [widget('4.0'), { name: 'gadget', version: '2.0' }];
      await vendor.publish({ packages: [one, two] });
      await web.exec(UPDATE);
      vendor.withdraw(two);
      const refused = await install('widget', 'gadget');
      expect(refused).toMatchObject({ code: 100, stderr: expect.stringContaining('404') });
      expect(await installed('widget')).toBe('ii  1.3');
    });

    test('sees fields that only the index has', async () => {
      await vendor.publish({ packages: [widget('5.0', { indexFields: { 'Phased-Update-Percentage': '10' } })] });
      await web.exec(UPDATE);
      expect(await web.shell('apt-cache show widget=5.0')).toContain('Phased-Update-Percentage: 10');
    });
  });
});

describe.skipIf(!availability.available)('a file that is not in the cache', () => {
  test('is downloaded once, however many ask for it at the same time, and a missing one is 404', async () => {
    let asked = 0;
    const upstream = createServer((request, response) => {
      if (request.url !== '/debian/pool/main/x.deb') return void response.writeHead(404).end();
      asked += 1;
      setTimeout(() => response.end('content'), 200);
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', () => resolve()));
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/debian`;
    const folder = join(cacheFolder(), 'tests', String(process.pid));
    vi.stubEnv('THIMBLE_LAB_CACHE', folder);
    try {
      const snapshot = new Snapshot('test', 'amd64', { ...machineMirror(), archiveUrl: url }, new Map());
      const files = await Promise.all(Array.from({ length: 5 }, () => snapshot.poolFile('debian', 'pool/main/x.deb')));
      expect(new Set(files)).toEqual(new Set([join(folder, 'pool/debian/pool/main/x.deb')]));
      expect(asked).toBe(1);
      expect(existsSync(files[0] ?? '')).toBe(true);
      expect(await snapshot.answer('debian/pool/main/y.deb')).toEqual({ kind: 'status', status: 404 });
    } finally {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true, force: true });
      await new Promise((resolve) => upstream.close(resolve));
    }
  });
});
