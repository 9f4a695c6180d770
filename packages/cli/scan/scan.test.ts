import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openAdvisories } from '@thimble/feeds';
import { makeAdvisory, makeClaim, makeKev } from '@thimble/feeds/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { thimble } from '../testing/command.ts';

let folder: string;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thimble-scan-'));
  env = { THIMBLE_ADVISORIES: join(folder, 'advisories.sqlite'), THIMBLE_DATA: join(folder, 'data'), HOME: folder };
  await fillDatabase(env['THIMBLE_ADVISORIES'] ?? '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LODASH = makeAdvisory('GHSA-35jh-r3h4-6jhm', {
  vulnerabilities: ['CVE-2021-23337'],
  title: 'Command injection in lodash',
  cvss: [{ vector: 'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H', version: '3.1', score: 7.2, source: 'osv-npm' }],
  provenance: { feed: 'osv-npm', record: 'GHSA-35jh-r3h4-6jhm', sha256: 'b'.repeat(64) },
  claims: [
    makeClaim({
      namespace: 'npm',
      name: 'lodash',
      nameKind: 'binary',
      scheme: 'semver',
      intervals: [{ introduced: '0', fixed: '4.17.21', lastAffected: null }],
      fix: { state: 'fixed', version: '4.17.21' },
    }),
  ],
});

async function fillDatabase(path: string): Promise<void> {
  const store = openAdvisories(path, 'write');
  const feeds = [
    [
      'debian-lists',
      [
        makeAdvisory('DSA-5532-1', {
          provenance: { feed: 'debian-lists', record: 'DSA-5532-1', sha256: 'a'.repeat(64) },
        }),
      ],
      [],
    ],
    ['osv-npm', [LODASH], []],
    ['kev', [], [makeKev('CVE-2023-5363', 'OpenSSL key truncation')]],
  ] as const;
  for (const [feed, advisories, facts] of feeds) {
    const writer = await store.write(feed, 'snapshot');
    await writer.advisories(advisories);
    await writer.facts(facts);
    const nothing = { validators: new Map(), watermark: null, faultCount: 0, faults: [] };
    await writer.commit({ ...nothing, syncedAt: new Date() });
  }
  store.close();
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const STATUS = (version: string) =>
  `Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\nVersion: ${version}\n\nPackage: docker-ce\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5:24.0.7-1~debian.12~bookworm\n`;
const LOCK = JSON.stringify({ lockfileVersion: 3, packages: { 'node_modules/lodash': { version: '4.17.20' } } });
const BOM = (purl: string) =>
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    components: [{ type: 'library', name: 'x', version: '1', purl }],
  });

interface Scan {
  readonly findings: readonly {
    vulnerability: string;
    package: string;
    kev: boolean;
    fix: { version: string };
    locations: string[];
    evidence: { feed: string; comparison: string }[];
  }[];
  readonly gaps: readonly { what: string; why: string }[];
}
async function scan(...argv: readonly string[]): Promise<Scan> {
  const { code, stdout, stderr } = await thimble(['scan', '--offline', '--json', ...argv], { env });
  expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
  return JSON.parse(stdout) as Scan;
}
const named = ({ findings }: Scan) => findings.map((each) => `${each.vulnerability} ${each.package}`);

describe('thimble scan', { timeout: 60_000 }, () => {
  it('finds what a dpkg status file of a named system has, with the whole argument, and says what it can not know', async () => {
    const result = await scan('--os', 'debian:12', file('status', STATUS('3.0.11-1~deb12u1')));
    expect(result.findings).toMatchObject([
      {
        vulnerability: 'CVE-2023-5363',
        package: 'libssl3',
        kev: true,
        fix: { state: 'fixed', version: '3.0.11-1~deb12u2' },
        evidence: [
          {
            feed: 'debian-lists',
            advisory: 'DSA-5532-1',
            rule: 'below-fixed',
            comparison: '<',
            boundary: '3.0.11-1~deb12u2',
          },
        ],
      },
    ]);
    expect(result.gaps.map(({ what }) => what)).toEqual(['docker-ce 5:24.0.7-1~debian.12~bookworm']);
  });

  it('finds nothing where the fix is installed', async () => {
    expect(named(await scan('--os', 'debian:12', file('fixed', STATUS('3.0.11-1~deb12u2'))))).toEqual([]);
  });

  it('looks into the root of an image without leaving it, also by its links', async () => {
    file('image/etc/os-release', 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n');
    file('image/usr/share/dpkg/status', STATUS('3.0.11-1~deb12u1'));
    mkdirSync(join(folder, 'image/var/lib/dpkg'), { recursive: true });
    // Absolute within the image, and one that would leave it.
    symlinkSync('/usr/share/dpkg/status', join(folder, 'image/var/lib/dpkg/status'));
    file('outside/package-lock.json', LOCK);
    symlinkSync('../../outside', join(folder, 'image/opt'));
    symlinkSync('../../../../../../../../../../etc/passwd', join(folder, 'image/etc/leak'));
    file('image/srv/app/package-lock.json', LOCK);
    expect(named(await scan(join(folder, 'image')))).toEqual(['CVE-2023-5363 libssl3', 'CVE-2021-23337 lodash']);
    expect(named(await scan('--no-languages', join(folder, 'image')))).toEqual(['CVE-2023-5363 libssl3']);
  });

  it('says whose packages a root without os-release are not known to be, and that once', async () => {
    file('nameless/var/lib/dpkg/status', STATUS('3.0.11-1~deb12u1'));
    const root = join(folder, 'nameless');
    const { findings, gaps } = await scan(root);
    expect(findings).toEqual([]);
    expect(gaps.map(({ what }) => what)).toEqual([root, 'docker-ce 5:24.0.7-1~debian.12~bookworm', 'unknown']);
    expect(gaps[0]?.why).toContain('--os debian:12');
    expect(named(await scan('--os', 'debian:12', root))).toEqual(['CVE-2023-5363 libssl3']);
  });

  it('reads projects and bills of materials', async () => {
    file('project/a/package-lock.json', LOCK);
    file('project/b/package-lock.json', LOCK);
    const { findings } = await scan(join(folder, 'project'));
    expect(findings).toMatchObject([
      { vulnerability: 'CVE-2021-23337', locations: ['a/package-lock.json', 'b/package-lock.json'] },
    ]);
    expect(named(await scan(file('bom.json', BOM('pkg:npm/lodash@4.17.20'))))).toEqual(['CVE-2021-23337 lodash']);
    const deb = 'pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl';
    expect(named(await scan(file('deb.json', BOM(deb))))).toEqual(['CVE-2023-5363 libssl3']);
    const unknown = await scan(file('unknown.json', BOM('pkg:swift/x@1')));
    expect(unknown.gaps).toMatchObject([{ what: 'x', why: expect.stringContaining('swift') as unknown }]);
  });

  it.each([
    [['--fail-on', 'kev'], '3.0.11-1~deb12u1', EXIT.found],
    [['--fail-on', 'kev'], '3.0.11-1~deb12u2', EXIT.ok],
    [['--strict'], '3.0.11-1~deb12u2', EXIT.gaps],
  ])('%j with %s ends with %i', async (flags, version, code) => {
    const path = file('for-exit', STATUS(version));
    expect(await thimble(['scan', '--offline', '--os', 'debian:12', ...flags, path], { env })).toMatchObject({ code });
  });

  it('prints a table for people, with the gaps', async () => {
    const path = file('table', STATUS('3.0.11-1~deb12u1'));
    const { stdout, stderr } = await thimble(['scan', '--offline', '--os', 'debian:12', path], { env });
    expect(stdout).toContain('CVE-2023-5363');
    expect(stdout).toContain('3.0.11-1~deb12u2');
    expect(stderr).toContain('1 known to be exploited');
    expect(stderr).toContain('Not assessed, so not known to be safe:');
  });

  it('prints SARIF and CycloneDX that other programs read', async () => {
    const path = file('formats/package-lock.json', LOCK);
    const sarif = await thimble(['scan', '--offline', '--format', 'sarif', path], { env });
    expect(JSON.parse(sarif.stdout)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { rules: [{ id: 'CVE-2021-23337', properties: { 'security-severity': '7.2' } }] } },
          results: [{ ruleId: 'CVE-2021-23337', ruleIndex: 0, level: 'error' }],
        },
      ],
    });
    const cyclonedx = await thimble(['scan', '--offline', '--format', 'cyclonedx', path], { env });
    expect(JSON.parse(cyclonedx.stdout)).toMatchObject({
      bomFormat: 'CycloneDX',
      components: [{ purl: 'pkg:npm/lodash@4.17.20' }],
      vulnerabilities: [{ id: 'CVE-2021-23337', affects: [{ ref: 'pkg:npm/lodash@4.17.20' }] }],
    });
  });

  it('says that nobody looked where no advisories were read', async () => {
    const { gaps } = await scan(
      '--os',
      'alpine:3.19',
      '--as',
      'apk',
      file('installed', 'C:Q1x\nP:busybox\nV:1.36.1-r15\nA:x86_64\n'),
    );
    expect(gaps).toMatchObject([{ what: 'alpine:3.19', why: expect.stringContaining('no advisories') as unknown }]);
  });

  it('says so of a release that no advisory of its distribution names', async () => {
    const { gaps } = await scan('--os', 'debian:14', file('forky', STATUS('3.0.11-1~deb12u1')));
    expect(gaps).toContainEqual({
      what: 'debian:14',
      why: 'none of the advisories at hand speaks of debian:14 (debian-lists)',
    });
  });

  it('fetches for another release what was fetched for one a moment ago', async () => {
    const mirror = join(folder, 'mirror');
    for (const release of ['3.18', '3.19'])
      file(
        `mirror/secdb-alpine/v${release}/main.json`,
        JSON.stringify({
          apkurl: '{{urlprefix}}/{{distroversion}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk',
          archs: ['x86_64'],
          reponame: 'main',
          urlprefix: 'https://dl-cdn.alpinelinux.org/alpine',
          distroversion: `v${release}`,
          packages: [{ pkg: { name: 'busybox', secfixes: { '1.36.1-r19': ['CVE-2023-42366'] } } }],
        }),
      );
    const path = file('apk-installed', 'C:Q1x\nP:busybox\nV:1.36.1-r15\nA:x86_64\n');
    for (const release of ['3.18', '3.19']) {
      const database = join(folder, 'releases.sqlite');
      const argv = ['--database', database, '--mirror', `file://${mirror}/`, '--os', `alpine:${release}`, path];
      const { stdout } = await thimble(['scan', '--json', ...argv], { env });
      const result = JSON.parse(stdout) as Scan;
      expect(named(result)).toEqual(['CVE-2023-42366 busybox']);
      expect(result.gaps).toEqual([]);
    }
  });

  it.each([
    [['/nowhere'], 'is not there', EXIT.failure],
    [['--os', 'debian 12', 'STATUS'], 'names no operating system', EXIT.usage],
    [['STATUS'], '--os debian:12', EXIT.failure],
    [['GARBAGE'], 'no file that can be scanned', EXIT.failure],
    [['--as', 'sbom', 'GARBAGE'], 'is not', EXIT.failure],
    [['--as', 'rpm', '--os', 'almalinux:9', 'GARBAGE'], 'no line of it names a package', EXIT.failure],
    [['--format', 'xml'], 'table', EXIT.usage],
  ])('%j is refused in words', async (argv, words, code) => {
    const paths = new Map([
      ['STATUS', file('refused', STATUS('1'))],
      ['GARBAGE', file('garbage', '\u0001\u0002garbage')],
    ]);
    const ended = await thimble(['scan', '--offline', ...argv.map((each) => paths.get(each) ?? each)], { env });
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(words);
  });

  it('without any advisories says how to get them', async () => {
    const path = file('nothing', STATUS('1'));
    const ended = await thimble(['scan', '--offline', '--os', 'debian:12', path], {
      env: { ...env, THIMBLE_ADVISORIES: join(folder, 'none.sqlite') },
    });
    expect(ended.code).toBe(EXIT.failure);
    expect(ended.stderr).toContain('thimble feeds');
  });
});

describe('thimble explain', { timeout: 60_000 }, () => {
  const explain = (...argv: readonly string[]) =>
    thimble(['explain', '--os', 'debian:12', '--in', file('explained', STATUS('3.0.11-1~deb12u1')), ...argv], { env });

  it('shows the record, the rule, both versions and the comparison, by binary and by source name', async () => {
    for (const name of ['libssl3', 'openssl']) {
      const { code, stdout } = await explain('CVE-2023-5363', name);
      expect(code).toBe(EXIT.ok);
      expect(stdout).toContain('DSA-5532-1');
      expect(stdout).toContain('3.0.11-1~deb12u1 < 3.0.11-1~deb12u2');
      expect(stdout).toContain('below-fixed');
    }
  });

  it('answers as of a day on which the record was not known yet', async () => {
    const { stdout } = await explain('CVE-2023-5363', 'libssl3', '--as-of', '2020-01-01');
    expect(stdout).not.toContain('DSA-5532-1');
    expect(stdout).toContain('2020-01-01');
  });

  it('says that nothing had been read by then', async () => {
    const { stdout } = await explain('CVE-2023-5363', 'libssl3', '--as-of', '2020-01-01');
    expect(stdout).toContain('Conclusion    not known');
    expect(stdout).toContain('no-advisories: no advisories for debian:12 were read yet');
  });

  it('understands the names of other databases and of advisories, in any case', async () => {
    for (const name of ['DSA-5532-1', 'cve-2023-5363']) {
      const { stdout } = await explain(name, 'libssl3');
      expect(stdout).toContain('CVE-2023-5363 in libssl3');
      expect(stdout).toContain('Conclusion    affected');
    }
    expect((await explain('DSA-5532-1', 'libssl3')).stdout).toContain('DSA-5532-1 is about CVE-2023-5363:');
  });

  it('shows a gap where the distribution’s advisories say nothing', async () => {
    expect((await explain('CVE-2024-21626', 'docker-ce')).stdout).toContain('third-party-origin');
  });

  it('refuses a package that is not there, and a day that is none', async () => {
    expect(await explain('CVE-2023-5363', 'nothing')).toMatchObject({ code: EXIT.usage });
    expect(await explain('CVE-2023-5363', 'libssl3', '--as-of', 'yesterday')).toMatchObject({ code: EXIT.usage });
  });
});
