import { describe, expect, it } from 'vitest';
import { fixture } from './testing/fixture.ts';
import { classifyAptError } from './apt-errors.ts';
import { parseStatusLine } from './detached-run.ts';
import { archiveName } from './digests.ts';
import { parseDpkgStatus, parseExtendedStates } from '../dpkg-status.ts';
import { KEPT_BACK } from './candidates.ts';
import { whyNotNothing } from './plan.ts';
import { parseIndexTargets } from './index-targets.ts';
import { buildVersion, installedImages, judgeKernel } from './kernel.ts';
import { parseOsRelease } from '../os-release.ts';
import { parseMaps, parseUnit } from './processes.ts';
import { failedUris, listName } from './refresh.ts';
import { parseRelease, parseReleaseDate } from './release-file.ts';
import { isSecurityOrigin } from './security.ts';
import { parseSimulation } from './simulation.ts';
import { countCpus } from './system.ts';
import { parseFailedUnits } from './units.ts';

const recorded = (name: string) => fixture(import.meta.dirname, name);

describe('the dpkg status file', () => {
  it('gives each installed package with its source, sorted', () => {
    const { packages, problems } = parseDpkgStatus(recorded('dpkg-status.txt'), (name) => name === 'openssl');
    expect(problems).toEqual([]);
    const names = packages.map((each) => each.name);
    expect(names).toEqual(['adduser', 'dpkg', 'libc-bin', 'libssl3', 'nginx-common', 'openssl', 'perl-base', 'tzdata']);
    expect(packages.find((each) => each.name === 'libssl3')).toMatchObject({
      architecture: 'amd64',
      version: '3.0.20-1~deb12u2',
      source: 'openssl',
      sourceVersion: '3.0.20-1~deb12u2',
      status: 'installed',
      held: false,
      reinstRequired: false,
      conffiles: [],
    });
    expect(packages.find((each) => each.name === 'openssl')?.conffiles).toEqual([
      { path: '/etc/ssl/openssl.cnf', md5: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown },
    ]);
  });

  it('keeps the words for packages that are held, half there or gone', () => {
    const stanza = (name: string, status: string) =>
      `Package: ${name}\nStatus: ${status}\nArchitecture: all\nVersion: 1-1\nSource: src (2-1)\n`;
    const text = [
      stanza('held', 'hold ok installed'),
      stanza('half', 'install ok half-configured'),
      stanza('torn', 'install reinstreq half-installed'),
      stanza('gone', 'deinstall ok config-files'),
      stanza('odd', 'install ok surprised'),
    ].join('\n');
    const { packages, problems } = parseDpkgStatus(text);
    expect(packages).toMatchObject([
      { name: 'half', status: 'half-configured', source: 'src', sourceVersion: '2-1' },
      { name: 'held', held: true },
      { name: 'torn', status: 'half-installed', reinstRequired: true },
    ]);
    expect(problems).toEqual(["odd: its status is not one of dpkg's"]);
  });

  it('reads which packages apt installed by itself', () => {
    const automatic = parseExtendedStates(recorded('extended-states.txt'));
    expect(automatic.has('libssh2-1:amd64')).toBe(true);
    expect(automatic.has('openssl:amd64')).toBe(false);
  });
});

describe("apt's dry run", () => {
  it('gives the steps', () => {
    const steps = parseSimulation(recorded('simulate-remove.txt'));
    expect(steps).toEqual([
      { kind: 'remove', name: 'apache2-bin', architecture: null, from: '2.4.68-1~deb12u1' },
      { kind: 'install', name: 'libssl3', architecture: 'amd64', from: '3.0.20-1~deb12u2', to: '3.0.22-1~deb12u2' },
      { kind: 'install', name: 'openssl', architecture: 'amd64', from: '3.0.20-1~deb12u2', to: '3.0.22-1~deb12u2' },
    ]);
    expect(parseSimulation(recorded('simulate-dist-upgrade.txt'))).toHaveLength(39);
  });

  it('knows new packages, foreign architectures and several origins', () => {
    const text = [
      'Inst linux-image-6.1.0-56-amd64 (6.1.192-2 Debian-Security:12/oldstable-security [amd64])',
      'Inst libc6:i386 [2.36-9] (2.36-10 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [i386]) []',
      'Remv libfoo:i386 [1:1.0-1] [bar:amd64 ]',
      'Purg old [1]',
    ].join('\n');
    expect(parseSimulation(text)).toMatchObject([
      { name: 'linux-image-6.1.0-56-amd64', from: null, to: '6.1.192-2' },
      { name: 'libc6', architecture: 'i386', from: '2.36-9', to: '2.36-10' },
      { kind: 'remove', name: 'libfoo', architecture: 'i386', from: '1:1.0-1' },
      { kind: 'remove', name: 'old' },
    ]);
  });

  it('is not guessed at when a step can not be read', () => {
    expect(parseSimulation('Inst openssl\n')).toBe('Inst openssl');
    expect(parseSimulation('Remv openssl\n')).toBe('Remv openssl');
  });
});

describe('the indexes', () => {
  it('come with the facts of their Release files', () => {
    const targets = parseIndexTargets(recorded('indextargets.txt'));
    expect(targets.map((each) => each.suite)).toEqual(['bookworm', 'bookworm-updates', 'bookworm-security']);
    expect(targets[2]).toMatchObject({
      releasePrefix: expect.stringMatching(/_dists_bookworm-security_$/) as unknown,
      repositoryUri: 'http://mirror.example/debian-security/',
      releaseUri: 'http://mirror.example/debian-security/dists/bookworm-security/InRelease',
      component: 'main',
      trusted: true,
      origin: {
        origin: 'Debian',
        label: 'Debian-Security',
        suite: 'oldstable-security',
        codename: 'bookworm-security',
      },
    });
    expect(targets.map((each) => isSecurityOrigin(each.origin))).toEqual([false, false, true]);
  });

  it('never carry a password away', () => {
    const stanza = recorded('indextargets.txt').split('\n\n')[0]?.replaceAll('http://', 'http://joe:secret@') ?? '';
    expect(parseIndexTargets(stanza)[0]?.repositoryUri).toBe('http://mirror.example/debian/');
  });

  it('have dates', () => {
    expect(parseRelease(recorded('inrelease.txt'))).toEqual({
      date: '2026-11-20T00:12:41.000Z',
      validUntil: '2026-11-27T00:12:41.000Z',
      notAutomatic: false,
    });
    expect(parseReleaseDate('Sat, 11 Jul 2026 10:16:37 +0200')).toBe('2026-07-11T08:16:37.000Z');
    for (const garbage of ['', 'today', 'Sat, 11 Jux 2026 10:16:37 UTC', '2026-07-11'])
      expect(parseReleaseDate(garbage)).toBeNull();
  });

  it.each([
    [{ suite: 'jammy-security', label: 'Ubuntu', codename: 'jammy' }, true],
    [{ suite: 'jammy-apps-security', label: 'UbuntuESMApps', codename: 'jammy' }, true],
    [{ suite: 'jammy-updates', label: 'Ubuntu', codename: 'jammy' }, false],
    [{ suite: 'oldoldstable/updates', label: 'Debian-Security', codename: 'buster' }, true],
    [{ suite: 'stable', label: 'Insecurity', codename: 'x' }, false],
  ] as const)('of %o are a security pocket: %s', (origin, expected) => {
    expect(isSecurityOrigin({ origin: null, component: 'main', ...origin })).toBe(expected);
  });
});

describe('processes', () => {
  it('run old code when a mapped file was replaced', () => {
    const { replaced, current } = parseMaps(recorded('sshd-maps.txt'), '/usr/sbin/sshd');
    expect(replaced).toEqual(['/usr/lib/x86_64-linux-gnu/libcrypto.so.3']);
    expect(current).toContain('/usr/lib/x86_64-linux-gnu/libc.so.6');
    expect(current).toContain('/usr/sbin/sshd');
  });

  it('do not when only memory, temporary files or data are gone', () => {
    const line = (permissions: string, path: string) => `7f00-7f01 ${permissions} 00000000 08:01 42 ${path}\n`;
    const maps = [
      line('r-xs', '/memfd:jit (deleted)'),
      line('r-xp', '/tmp/x (deleted)'),
      line('r-xs', '/dev/zero (deleted)'),
      line('r-xp', '/SYSV00000000 (deleted)'),
      line('r--p', '/usr/lib/locale/C.utf8/LC_CTYPE (deleted)'),
    ].join('');
    expect(parseMaps(maps, null).replaced).toEqual([]);
    expect(parseMaps('', '/usr/bin/x (deleted)').replaced).toEqual(['/usr/bin/x']);
  });

  it.each([
    ['0::/system.slice/ssh.service\n', 'ssh.service'],
    ['0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n', 'postgresql@15-main.service'],
    ['0::/user.slice/user-0.slice/user@0.service/app.slice/x.service\n', 'user@0.service'],
    ['0::/user.slice/user-0.slice/session-3.scope\n', 'session-3.scope'],
    ['12:pids:/a\n1:name=systemd:/system.slice/cron.service\n0::/\n', 'cron.service'],
    ['0::/\n', null],
    ['', null],
  ])('belong to the system manager’s unit: %j', (cgroup, unit) => {
    expect(parseUnit(cgroup)).toBe(unit);
  });

  it('of failed units are known, or not known', () => {
    expect(parseFailedUnits(recorded('failed-units.json'))).toEqual({ known: true, units: ['broken.service'] });
    for (const garbage of ['', '{}', '[{}]', 'null', '[1]']) expect(parseFailedUnits(garbage).known).toBe(false);
  });
});

describe('the kernel', () => {
  const images = installedImages(
    [
      ['linux-image-amd64', '6.1.192-2'],
      ['linux-image-6.1.0-37-amd64', '6.1.140-1'],
      ['linux-image-6.1.0-40-amd64', '6.1.153-1'],
      ['linux-image-6.1.0-40-amd64-dbg', '6.1.153-1'],
    ].map(([name = '', version = '']) => ({
      name,
      version,
      architecture: 'amd64',
      source: 'linux',
      sourceVersion: version,
      status: 'installed',
      held: false,
      reinstRequired: false,
      essential: false,
      installedKib: 0,
      conffiles: [],
    })) as Parameters<typeof installedImages>[0],
  );

  it.each([
    ['6.1.0-37-amd64', null, false, true],
    ['6.1.0-40-amd64', null, false, false],
    ['6.1.0-40-amd64', '6.1.153-1', false, false],
    ['6.1.0-40-amd64', '6.1.150-1', false, true],
    ['6.18.0-host', null, true, false],
    ['6.1.0-12-amd64', null, false, true],
  ] as const)('%s (build %s, container: %s) waits for a reboot: %s', (running, build, container, waits) => {
    expect(judgeKernel(running, build, images, container)).toMatchObject({
      installed: '6.1.0-40-amd64',
      waitsForReboot: waits,
    });
  });

  it('tells which build of it runs', () => {
    expect(buildVersion('#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-01)', null)).toBe('6.1.176-1');
    expect(buildVersion('#45-Ubuntu SMP', 'Ubuntu 6.8.0-45.45-generic 6.8.12')).toBe('6.8.0-45.45');
    const hardwareEnablement = 'Ubuntu 6.5.0-41.41~22.04.2-generic 6.5.13';
    expect(buildVersion('#41~22.04.2-Ubuntu SMP', hardwareEnablement)).toBe('6.5.0-41.41~22.04.2');
    expect(buildVersion('#1 SMP', null)).toBeNull();
  });

  it('is not waited for when the very build runs, signed anew or not, or beside one of another flavour', () => {
    const judge = (running: string, build: string | null, ...list: readonly (readonly [string, string])[]) =>
      judgeKernel(
        running,
        build,
        list.map(([release, packageVersion]) => ({ release, packageVersion })),
        false,
      );
    expect(judge('6.5.0-41-generic', '6.5.0-41.41', ['6.5.0-41-generic', '6.5.0-41.41+1']).waitsForReboot).toBe(false);
    expect(judge('6.5.0-41-generic', '6.5.0-41.41', ['6.5.0-41-generic', '6.5.0-41.42']).waitsForReboot).toBe(true);
    const flavours = [
      ['6.1.0-40-amd64', '6.1.153-1'],
      ['6.1.0-40-rt-amd64', '6.1.153-1'],
    ] as const;
    expect(judge('6.1.0-40-amd64', '6.1.153-1', ...flavours)).toMatchObject({
      waitsForReboot: false,
      installed: '6.1.0-40-amd64',
    });
    // A newer one of another flavour is newer all the same: what runs may be what it fixes.
    expect(judge('6.1.0-40-amd64', '6.1.153-1', ...flavours, ['6.1.0-41-rt-amd64', '6.1.158-1']).waitsForReboot).toBe(
      true,
    );
  });
});

describe('that there is nothing to do', () => {
  const installed = (status: string) =>
    parseDpkgStatus(`Package: a\nStatus: ${status}\nArchitecture: all\nVersion: 1\n`);

  it('is only said when all indexes were read and no package is half there', () => {
    const whole = installed('install ok installed');
    expect(whyNotNothing([], whole)).toBeNull();
    expect(whyNotNothing([{ what: KEPT_BACK, why: 'a preference' }], whole)).toBeNull();
    const missing = { what: 'repository http://m/security', why: 'it has never been reached' };
    expect(whyNotNothing([missing], whole)).toMatchObject({
      code: 'index-unreachable',
      message: expect.stringMatching(/m\/security/) as unknown,
    });
    expect(whyNotNothing([], installed('install ok half-configured'))).toMatchObject({
      code: 'package-manager-broken',
      message: expect.stringMatching(/not fully installed are: a/) as unknown,
    });
  });
});

describe('what apt says went wrong', () => {
  it.each([
    ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 9 (apt)', 'package-manager-busy'],
    [
      "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.",
      'package-manager-broken',
    ],
    ['E: Release file for http://m/InRelease is expired (invalid since 15d 17h).', 'index-not-verified'],
    ['W: GPG error: http://m stable InRelease: BADSIG 0\nE: The repository is not signed.', 'index-not-verified'],
    ['E: Failed to fetch http://m/a.deb  Hash Sum mismatch', 'digest-mismatch'],
    ['E: Held packages were changed and -y was used without --allow-change-held-packages.', 'held-packages'],
    ["E: Version '9.9.9' for 'openssl' was not found", 'unsatisfiable'],
    ['E: You don’t know', 'download-failed'],
    ['', 'download-failed'],
  ])('%j is %s', (text, code) => {
    expect(classifyAptError(text, 'download-failed').code).toBe(code);
  });

  it('names the repositories that could not be reached', () => {
    expect(
      failedUris(
        'E: Failed to fetch http://a:b@m/debian/dists/x/InRelease  Could not connect\nE: Some index files failed',
      ),
    ).toEqual(['http://m/debian/dists/x/InRelease']);
    expect(listName('http://m:80/a_b/dists/x/InRelease')).toBe('m:80_a%5fb_dists_x_InRelease');
  });

  it('is explained with the recorded words', () => {
    expect(classifyAptError(recorded('unmet.txt'), 'unsupported').code).toBe('unsatisfiable');
  });
});

describe('small things', () => {
  it('follows APT::Status-Fd', () => {
    const lines = recorded('status-fd.txt').trim().split('\n').map(parseStatusLine);
    expect(lines.every((line) => line !== null)).toBe(true);
    expect(lines.at(-1)?.percent).toBeGreaterThan(80);
    expect(parseStatusLine('pmstatus:libssl3:amd64:42.5:Unpacking libssl3')).toEqual({
      percent: 42,
      message: 'Unpacking libssl3',
    });
  });

  it('names archives as apt does', () => {
    expect(archiveName({ name: 'bind9', version: '1:9.18-1~deb12u1', architecture: 'amd64' })).toBe(
      'bind9_1%3a9.18-1~deb12u1_amd64.deb',
    );
  });

  it('reads os-release and CPU lists', () => {
    const text = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian \\"12\\""\nBAD LINE\n';
    const expected = { id: 'debian', versionId: '12', codename: 'bookworm', prettyName: 'Debian "12"' };
    expect(parseOsRelease(text)).toEqual({ ...expected, idLike: [], baseCodename: '' });
    expect(parseOsRelease('ID=linuxmint\nID_LIKE="ubuntu debian"\nUBUNTU_CODENAME=jammy\n')).toMatchObject({
      idLike: ['ubuntu', 'debian'],
      baseCodename: 'jammy',
    });
    expect(countCpus('0-3,6\n')).toBe(5);
    expect(countCpus('garbage')).toBe(0);
  });
});
