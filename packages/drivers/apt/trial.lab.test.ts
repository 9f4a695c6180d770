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
} from '@thimble/lab';
import type { OutcomeResult, TrialReport, TrialRules } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driverOn, installRunner, TRIAL_RULES, type DriverOnEndpoint } from './testing/driver-on-endpoint.ts';

const availability = labForTests('trials');

const MIB = 1024 * 1024;
const TRIALS = '/var/lib/driver-test/trials';
const WAIT_DEADLINE_MS = 60_000;
/** Before and after: packages, configuration, services, mounts, and whatever else a trial must not touch. */
const STATE = `
sha256sum /var/lib/dpkg/status /var/lib/apt/extended_states
find /etc /usr/local /opt /srv -xdev -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum
systemctl show -p MainPID,ActiveEnterTimestampMonotonic nginx ssh dbus systemd-journald
grep -c . /proc/1/mountinfo
hostname
ip -o link | wc -l
ls -A /tmp /opt
find /var/lib/driver-test/trials -mindepth 1 2>/dev/null || :
find /run -maxdepth 2 -name 'thimble*'
ps -eo args | grep -E 'thimble-|tool.postinst' | grep -v grep || :
`;

describe.skipIf(!availability.available)('a trial on a real endpoint', () => {
  let lab: Lab;
  let mirror: Mirror;
  let vendor: VendorRepository;
  let endpoint: Endpoint;
  let driver: DriverOnEndpoint;

  beforeAll(async () => {
    lab = await createLab({ tag: 'driver: trials' });
    mirror = await startMirror({ host: lab.gateway });
    vendor = await createVendorRepository('vendor', mirror);
    endpoint = await lab.endpoint({ name: 'trying', base: 'web', disks: { '/opt': 64 * MIB } });
    await prepare(endpoint);
    driver = driverOn(endpoint);
  });
  afterAll(async () => {
    await mirror?.stop();
    await vendor?.dispose();
    await lab?.destroy();
  });

  const prepare = async (each: Endpoint) => {
    await installRunner(each);
    await each.boot();
    await each.useMirror(mirror, { suites: [], vendors: [vendor] });
    await vendor.publish({ packages: [OLD] });
    await each.shell('apt-get -q update >/dev/null; apt-get -q -y install tool </dev/null');
  };
  const OLD: VendorPackage = {
    name: 'tool',
    version: '1',
    conffiles: { '/etc/tool.conf': 'one\n' },
    files: { '/opt/tool/file': 'one\n' },
  };
  /** A file of a version that was published once is kept by the endpoint, so each update is one of its own. */
  let offers = 0;
  const offer = async (next: Partial<VendorPackage>) => {
    offers += 1;
    await vendor.publish({ packages: [OLD, { ...OLD, version: `2.${offers}`, ...next }] });
    return driver.planned('tool');
  };
  const reportOf = (result: OutcomeResult): TrialReport => {
    if (result.kind !== 'tried') throw new Error(`not tried: ${JSON.stringify(result)}`);
    return result.report;
  };
  /** Tries an update of that kind, and fails when the machine is not the same afterwards. */
  const tried = async (next: Partial<VendorPackage>, rules: Partial<TrialRules> = {}) => {
    const transaction = await offer(next);
    const before = await endpoint.shell(STATE);
    const result = await driver.trial(transaction, { rules: { ...TRIAL_RULES, ...rules } });
    expect(await endpoint.shell(STATE)).toBe(before);
    return reportOf(result);
  };
  const postinst = (script: string): Partial<VendorPackage> => ({ scripts: { postinst: script } });
  const until = async (what: string, holds: () => Promise<boolean>) => {
    const endMs = performance.now() + WAIT_DEADLINE_MS;
    while (!(await holds())) {
      if (performance.now() > endMs) throw new Error(`not within a minute: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const scriptRuns = () =>
    until('the script runs', async () => (await endpoint.exec(['pgrep', '-f', 'tool.postinst'])).code === 0);

  test('a good update passes, and what checks its configuration is asked', async () => {
    const report = await tried({ files: { '/opt/tool/file': 'two\n' } });
    expect(report).toMatchObject({ verdict: 'passed', brokenPackages: [], clone: 'overlay in memory', gaps: [] });
    expect(report.checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['nginx -t', true],
      ['sshd -t', true],
      ['visudo -c', true],
    ]);
  });

  test('a maintainer script that fails is caught, with its words', async () => {
    const transaction = await offer(postinst('echo "the data base did not migrate" >&2; exit 3'));
    const result = await driver.trial(transaction);
    expect(reportOf(result)).toMatchObject({ verdict: 'failed', brokenPackages: ['tool'], checks: [] });
    expect(reportOf(result).message).toContain('post-installation script subprocess returned error exit status 3');
    expect(result.kind === 'tried' && result.logTail.join('\n')).toContain('the data base did not migrate');
  });

  test('a configuration that is no longer good is caught by the program that reads it', async () => {
    const report = await tried({ conffiles: { ...OLD.conffiles, '/etc/nginx/conf.d/tool.conf': 'no such word;\n' } });
    expect(report).toMatchObject({ verdict: 'failed', brokenPackages: [] });
    expect(report.message).toMatch(/^after the installation: nginx -t fails: .*unknown directive/);
    expect(report.checks.find(({ name }) => name === 'nginx -t')).toMatchObject({ passed: false });
  });

  test('what was wrong before is no fault of the update, and told as not tried', async () => {
    await endpoint.write('/etc/nginx/conf.d/mine.conf', 'wrong already;\n');
    const report = await tried({});
    await endpoint.shell('rm /etc/nginx/conf.d/mine.conf');
    expect(report).toMatchObject({ verdict: 'passed', gaps: [{ what: 'nginx -t' }] });
    expect(report.checks.map(({ name }) => name)).toEqual(['sshd -t', 'visudo -c']);
  });

  test("the policy's commands run in the clone, after the installation", async () => {
    const transaction = await offer({ files: { '/opt/tool/file': 'two\n' } });
    const command = (name: string, ...argv: string[]) => ({ name, argv });
    const commands = [
      command('is new', '/bin/grep', 'two', '/opt/tool/file'),
      command('words are no shell', '/usr/bin/test', '$(id)', '=', '$(id)'),
      command('says much', '/bin/sh', '-c', 'yes | head -c 30000000; exit 1'),
    ];
    const report = reportOf(await driver.trial(transaction, { commands }));
    expect(report.checks.slice(3).map(({ name, passed }) => [name, passed])).toEqual([
      ['is new', true],
      ['words are no shell', true],
      ['says much', false],
    ]);
    expect(report).toMatchObject({ verdict: 'failed' });
  });

  test('services are neither started nor stopped, however a script asks', async () => {
    const service = '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n';
    const report = await tried({
      files: { ...OLD.files, '/lib/systemd/system/tool.service': service },
      scripts: {
        postinst: `systemctl daemon-reload; systemctl restart nginx; deb-systemd-helper enable tool.service >/dev/null
          deb-systemd-invoke start tool.service; invoke-rc.d nginx restart; service ssh stop; reboot`,
      },
    });
    expect(report).toMatchObject({ verdict: 'passed' });
    expect(report.gaps.map(({ what }) => what)).toEqual(['reboot', 'service']);
  });

  test('the boot loader and the initial RAM disk are left out, and told', async () => {
    const report = await tried(postinst('update-initramfs -u; update-grub'));
    expect(report).toMatchObject({ verdict: 'passed', gaps: [{ what: 'update-grub' }, { what: 'update-initramfs' }] });
  });

  test('a script that destroys what it can reaches nothing of the machine', async () => {
    const script = `rm -rf /etc/nginx /opt/* /srv /home /tmp/* /run/* 2>/dev/null || :
      echo gone >/etc/passwd; echo b >/proc/sysrq-trigger || :; echo gone >/proc/sys/kernel/hostname || :
      mount -t tmpfs none /mnt && exit 0; cat /proc/1/environ >/dev/null && exit 0
      hostname gone; kill -9 -1`;
    expect(await tried(postinst(script))).toMatchObject({ verdict: 'failed' });
  });

  test('there is no network', async () => {
    expect(await tried(postinst(`curl -sS -m 5 ${mirror.url} || exit 4`))).toMatchObject({ verdict: 'failed' });
  });

  test("a live data base's folder is empty in the clone, also behind a link, and told", async () => {
    await endpoint.shell('mkdir -p /srv/data; echo live >/srv/data/file; ln -s /srv/data /var/lib/mysql');
    const report = await tried(
      postinst('ls -A /var/lib/mysql/ /srv/data | grep live && exit 1; echo new >/var/lib/mysql/new'),
    );
    await endpoint.shell('rm -r /var/lib/mysql /srv/data');
    expect(report).toMatchObject({ verdict: 'passed', gaps: [{ what: '/var/lib/mysql' }] });
  });

  test('a changed configuration file is kept without a question, as it will be', async () => {
    await endpoint.write('/etc/tool.conf', 'mine\n');
    const script = 'grep mine /etc/tool.conf';
    const report = await tried({ ...postinst(script), conffiles: { '/etc/tool.conf': 'two\n' } });
    await endpoint.write('/etc/tool.conf', 'one\n');
    expect(report).toMatchObject({ verdict: 'passed' });
  });

  test.each([
    ['time', 'sleep 300', { deadlineSeconds: 4 }, 'longer than the 4 s'],
    ['disk', 'head -c 200M /dev/zero >/var/tmp/large', { diskBytes: 64 * MIB }, 'more than the 64 MiB'],
    [
      'memory',
      `python3 -c "x = bytearray(300 * 1024 * 1024); import time; time.sleep(60)"`,
      { memoryBytes: 150 * MIB },
      'more than the 150 MiB of memory',
    ],
  ])('a limit holds: %s', async (_, script, rules, words) => {
    const report = await tried(postinst(script), rules);
    expect(report).toMatchObject({ verdict: 'failed' });
    expect(report.message).toContain(words);
  });

  test.each(['systemd', 'session'] as const)('killed with the agent it leaves nothing (%s)', async (detach) => {
    const transaction = await offer(postinst('sleep 300'));
    const before = await endpoint.shell(STATE);
    const died = expect(driver.trial(transaction, { detach })).rejects.toThrow('the driver ended');
    await scriptRuns();
    await endpoint.shell("pkill -9 -f '^/usr/local/bin/node-of-the-test'");
    await died;
    await until('it is gone', async () => (await endpoint.exec(['pgrep', '-f', 'tool.postinst|thimble-'])).code !== 0);
    const good = await offer({});
    expect(reportOf(await driver.trial(good, { detach }))).toMatchObject({ verdict: 'passed' });
    expect(await endpoint.shell(STATE)).toBe(before);
    expect((await endpoint.exec(['test', '-e', TRIALS])).code).toBe(0);
  });

  test('a cancelled trial is killed at once', async () => {
    const transaction = await offer(postinst('sleep 300'));
    const before = await endpoint.shell(STATE);
    const result = driver.trial(transaction);
    await scriptRuns();
    await endpoint.shell("pkill -TERM -f '^/usr/local/bin/node-of-the-test'");
    expect(await result).toEqual({ kind: 'cancelled', stage: 'trying' });
    expect(await endpoint.shell(STATE)).toBe(before);
  });

  test('packages that change meanwhile make it worth nothing', async () => {
    const transaction = await offer(postinst('sleep 3'));
    const result = driver.trial(transaction);
    await scriptRuns();
    await endpoint.shell('apt-mark hold nginx-common; apt-mark unhold nginx-common');
    expect(reportOf(await result)).toMatchObject({
      verdict: 'impossible',
      message: 'packages of this machine were changed during the trial',
    });
  });

  test('without the right to mount it is impossible, and says so', async () => {
    const transaction = await offer({});
    const weaker = ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin'];
    const report = reportOf(await driver.trial(transaction, { detach: 'session' }, weaker));
    expect(report).toMatchObject({ verdict: 'impossible', clone: '' });
    expect(report.message).toMatch(/no clone can be made here: .*not permitted/i);
  });

  test('an overlay can be no upper half: without the memory a trial is impossible there', async () => {
    const report = await tried({}, { memoryBytes: 1024 * 1024 * MIB });
    expect(report).toMatchObject({ verdict: 'impossible' });
    expect(report.message).toContain('layer 0 / ');
  });

  test('without the memory the clone is on the disk, and holds its limit there', async () => {
    const other = await lab.endpoint({ name: 'disk', base: 'web', disks: { '/var/lib/driver-test': 2048 * MIB } });
    await prepare(other);
    const onDisk = driverOn(other);
    const rules = { ...TRIAL_RULES, memoryBytes: 1024 * 1024 * MIB };
    await offer({});
    const report = reportOf(await onDisk.trial(await onDisk.planned('tool'), { rules }));
    expect(report).toMatchObject({ verdict: 'passed', clone: expect.stringContaining('overlay on /var/lib') });
    await offer(postinst('head -c 200M /dev/urandom >/var/tmp/large; sleep 60'));
    const large = { ...rules, diskBytes: 100 * MIB };
    const stopped = reportOf(await onDisk.trial(await onDisk.planned('tool'), { rules: large }));
    expect(stopped).toMatchObject({ verdict: 'failed' });
    expect(stopped.message).toContain('more than the 100 MiB');
    expect(await other.shell('ls -A /var/lib/driver-test/trials')).toBe('');
    await other.destroy();
  });

  test('the tools of Debian 11 make one too', async () => {
    const older = await lab.endpoint({ name: 'older', base: 'bullseye' });
    await prepare(older);
    await offer({ scripts: { postinst: 'systemctl restart ssh; systemctl enable ssh; update-grub' } });
    const onOlder = driverOn(older);
    const report = reportOf(await onOlder.trial(await onOlder.planned('tool')));
    expect(report).toMatchObject({ verdict: 'passed', gaps: [{ what: 'update-grub' }] });
    expect(report.checks.map(({ name }) => name)).toEqual(['nginx -t', 'sshd -t', 'visudo -c']);
    await older.destroy();
  });
});
