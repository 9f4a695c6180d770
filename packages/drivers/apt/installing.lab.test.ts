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
import type { OutcomeResult } from '@thimble/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { driverOn, installRunner, type DriverOnEndpoint } from './testing/driver-on-endpoint.ts';

const availability = labForTests('installations that go wrong');

const OLD: VendorPackage = { name: 'tool', version: '1' };
const NEW: VendorPackage = { name: 'tool', version: '2' };
/** Waits until the test lets it go on, at most a minute. */
const WAITING =
  'touch /run/script-waits; n=0; while [ ! -e /run/go-on ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n+1)); done';
const WAIT_DEADLINE_MS = 60_000;

describe.skipIf(!availability.available)('an installation on a real endpoint', () => {
  let lab: Lab;
  let mirror: Mirror;
  let vendor: VendorRepository;
  let endpoint: Endpoint;
  let driver: DriverOnEndpoint;

  beforeAll(async () => {
    lab = await createLab({ tag: 'driver: installing' });
    mirror = await startMirror({ host: lab.gateway });
    vendor = await createVendorRepository('vendor', mirror);
    endpoint = await lab.endpoint({ name: 'installing', base: 'web', disks: { '/opt': 24 * 1024 * 1024 } });
    await installRunner(endpoint);
    await endpoint.boot();
    await endpoint.useMirror(mirror, { suites: [], vendors: [vendor] });
    driver = driverOn(endpoint);
  });
  afterAll(async () => {
    await mirror?.stop();
    await vendor?.dispose();
    await lab?.destroy();
  });
  beforeEach(async () => {
    await install([OLD]);
  });

  /** Those before stay in the index, so that they can be kept. */
  let earlier: readonly VendorPackage[] = [];
  /** These packages and no others of the vendor's, whatever the test before left. */
  const install = async (packages: readonly VendorPackage[]) => {
    earlier = packages;
    await vendor.publish({ packages });
    await endpoint.shell(
      `rm -f /run/script-waits /run/go-on; dpkg --purge --force-all tool part service-of-tool >/dev/null 2>&1 || :
       rm -rf /var/lib/apt/lists/*; apt-get -q update >/dev/null
       apt-get -q -y install ${packages.map((each) => each.name).join(' ')} </dev/null`,
      { env: { DEBIAN_FRONTEND: 'noninteractive' } },
    );
  };
  const offer = async (...packages: readonly VendorPackage[]) => {
    await vendor.publish({ packages: [...packages, ...earlier] });
    return driver.planned(...packages.map((each) => each.name));
  };
  const state = async (name: string) =>
    (await endpoint.exec(['dpkg-query', '-W', '-f', '${db:Status-Abbrev}${Version}', name])).stdout;
  const until = async (what: string, holds: () => Promise<boolean>) => {
    const endMs = performance.now() + WAIT_DEADLINE_MS;
    while (!(await holds())) {
      if (performance.now() > endMs) throw new Error(`not within a minute: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const scriptWaits = () =>
    until('the script waits', async () => (await endpoint.exec(['test', '-e', '/run/script-waits'])).code === 0);
  const letGo = () => endpoint.exec(['touch', '/run/go-on']);
  const keptOf = (result: OutcomeResult) => (result.kind === 'applied' || result.kind === 'failed' ? result.kept : []);

  test('a maintainer script that fails: failed with its words, and rolled back from the kept file', async () => {
    const bad = { ...NEW, scripts: { postinst: 'echo "the data base did not migrate" >&2; exit 3' } };
    const transaction = await offer(bad);
    const { orderId, result } = driver.apply(transaction);
    const failed = await result;
    expect(failed).toMatchObject({
      kind: 'failed',
      code: 'install-failed',
      verification: { brokenPackages: ['tool'], effective: false },
      kept: [{ name: 'tool', version: '1' }],
    });
    expect(failed.kind === 'failed' && failed.logTail.join('\n')).toContain('the data base did not migrate');
    expect(await state('tool')).toBe('iF 2');
    const back = await driver.rollback(transaction, orderId, keptOf(failed)).result;
    expect(back).toMatchObject({ kind: 'applied', verification: { effective: true }, resumed: true });
    expect(await state('tool')).toBe('ii 1');
  });

  test('a maintainer script that reads the terminal fails at once instead of waiting for ever', async () => {
    const transaction = await offer({ ...NEW, scripts: { postinst: 'read answer < /dev/tty' } });
    const result = await driver.applied(transaction);
    expect(result).toMatchObject({ kind: 'failed', code: 'install-failed' });
    expect(result.kind === 'failed' && result.logTail.join('\n')).toContain('/dev/tty');
  });

  test('a maintainer script that hangs is stopped at the deadline, and the next order repairs it', async () => {
    const transaction = await offer({ ...NEW, scripts: { postinst: WAITING } });
    const { result } = driver.apply(transaction, { installDeadlineMs: 3_000 });
    await scriptWaits();
    await until('it was stopped', async () => (await endpoint.exec(['pgrep', '-f', 'tool.postinst'])).code !== 0);
    await letGo();
    expect(await result).toMatchObject({ kind: 'failed', code: 'deadline-passed' });
    const mended = await offer({ ...NEW, version: '3' });
    expect(await driver.applied(mended)).toMatchObject({ kind: 'applied', verification: { effective: true } });
    expect(await state('tool')).toBe('ii 3');
  });

  test('an agent that dies leaves the installation alone, and learns its end', async () => {
    const transaction = await offer({ ...NEW, scripts: { postinst: WAITING } });
    const order = driver.apply(transaction);
    const died = expect(order.result).rejects.toThrow('the driver ended');
    await scriptWaits();
    await endpoint.shell("pkill -9 -f '^/usr/local/bin/node-of-the-test'");
    await died;
    expect((await endpoint.exec(['pgrep', '-f', 'tool.postinst'])).code).toBe(0);
    const resumed = order.resume();
    await letGo();
    expect(await resumed).toMatchObject({ kind: 'applied', resumed: true, verification: { effective: true } });
    expect(await state('tool')).toBe('ii 2');
  });

  test.each([
    ['apt alone, which dpkg outlives', "pkill -9 -x apt-get; pkill -9 -f '^/usr/local/bin/node-of-the-test'"],
    ['everything', "pkill -9 -f 'tool.postinst|apt-get|/usr/bin/dpkg|node-of-the-test'"],
  ])('killed in the middle: %s; the next life repairs and finishes', async (_, kill) => {
    const transaction = await offer({ ...NEW, scripts: { postinst: WAITING } });
    const order = driver.apply(transaction);
    const died = expect(order.result).rejects.toThrow('the driver ended');
    await scriptWaits();
    await endpoint.exec(['sh', '-c', kill]);
    await died;
    await letGo();
    expect(await order.resume()).toMatchObject({ kind: 'applied', resumed: true, verification: { effective: true } });
    expect(await state('tool')).toBe('ii 2');
    expect(await endpoint.shell('dpkg --audit')).toBe('');
  });

  test('a power cut in the middle: repaired and finished after the boot', async () => {
    const transaction = await offer({ ...NEW, scripts: { postinst: WAITING } });
    const order = driver.apply(transaction);
    const died = expect(order.result).rejects.toThrow();
    await scriptWaits();
    await endpoint.powerOff();
    await died;
    await endpoint.boot();
    await letGo();
    expect(await order.resume()).toMatchObject({ kind: 'applied', resumed: true, verification: { effective: true } });
    expect(await state('tool')).toBe('ii 2');
    await endpoint.shell('rm -f /run/go-on');
  });

  test("somebody else's lock is waited for, and refused after a bound", async () => {
    const transaction = await offer(NEW);
    const holder = endpoint.exec([
      'python3',
      '-c',
      `
import fcntl, os, time
files = [open(path, 'w') for path in ('/var/lib/dpkg/lock-frontend', '/var/lib/dpkg/lock')]
for file in files: fcntl.lockf(file, fcntl.LOCK_EX)
open('/run/script-waits', 'w').close()
for _ in range(600):
    if os.path.exists('/run/go-on'): break
    time.sleep(0.1)
`,
    ]);
    await scriptWaits();
    driver.progress.length = 0;
    expect(await driver.applied(transaction, { lockWaitMs: 1_000 })).toMatchObject({
      kind: 'refused',
      code: 'package-manager-busy',
    });
    expect(driver.progress.join('\n')).toContain('waiting for python3');
    const patient = driver.applied(transaction);
    await letGo();
    await holder;
    expect(await patient).toMatchObject({ kind: 'applied', verification: { effective: true } });
  });

  test('a disk that fills up while dpkg unpacks: failed as such, nothing broken, and done when there is room', async () => {
    const data = Buffer.alloc(6 * 1024 * 1024, 'thimble').toString('latin1');
    const transaction = await offer({ ...NEW, files: { '/opt/tool/data': data } });
    const free = await endpoint.fillDisk('/opt', 1024 * 1024);
    expect(await driver.applied(transaction)).toMatchObject({ kind: 'failed', code: 'disk-full' });
    expect(await state('tool')).toBe('ii 1');
    await free();
    expect(await driver.applied(transaction)).toMatchObject({ kind: 'applied', verification: { effective: true } });
    expect(await state('tool')).toBe('ii 2');
  });

  test('a changed configuration file is announced, kept, and never asked about', async () => {
    const conffile = (version: string) => ({
      name: 'tool',
      version,
      conffiles: { '/etc/tool.conf': `version ${version}\n` },
    });
    await install([conffile('1')]);
    await endpoint.write('/etc/tool.conf', 'mine\n');
    const transaction = await offer(conffile('2'));
    expect(transaction.conffileConflicts).toEqual([{ package: 'tool', path: '/etc/tool.conf' }]);
    expect(await driver.applied(transaction)).toMatchObject({ kind: 'applied', verification: { effective: true } });
    expect(await endpoint.read('/etc/tool.conf')).toBe('mine\n');
  });

  test('packages that need each other go back together', async () => {
    const pair = (version: string): VendorPackage[] => [
      { name: 'tool', version, fields: { Depends: `part (= ${version})` } },
      { name: 'part', version },
    ];
    await install(pair('1'));
    const marks = await endpoint.shell('apt-mark auto part >/dev/null; apt-mark showauto tool part');
    const transaction = await offer(...pair('2'));
    const alone = { ...transaction, changes: transaction.changes.filter((change) => change.name === 'tool') };
    expect(await driver.applied(alone)).toMatchObject({
      code: 'transaction-differs',
      difference: { unapproved: [{ name: 'part' }] },
    });
    const { orderId, result } = driver.apply(transaction);
    const applied = await result;
    expect(applied).toMatchObject({ kind: 'applied', kept: [{ name: 'part' }, { name: 'tool' }], rollbackGaps: [] });
    const half = { ...transaction, changes: transaction.changes.filter((change) => change.name === 'part') };
    expect(await driver.rollback(half, orderId, keptOf(applied)).result).toMatchObject({ kind: 'refused' });
    expect([await state('tool'), await state('part')]).toEqual(['ii 2', 'ii 2']);
    const back = await driver.rollback(transaction, orderId, keptOf(applied)).result;
    expect(back).toMatchObject({ kind: 'applied', verification: { effective: true } });
    expect([await state('tool'), await state('part')]).toEqual(['ii 1', 'ii 1']);
    expect(await endpoint.shell('apt-mark showauto tool part')).toBe(marks);
  });

  test('a kept file that was changed is not installed', async () => {
    const transaction = await offer(NEW);
    const { orderId, result } = driver.apply(transaction);
    const applied = await result;
    await endpoint.shell(`echo x >> /var/lib/driver-test/orders/${orderId}/kept/tool_1_all.deb`);
    const refused = await driver.rollback(transaction, orderId, keptOf(applied)).result;
    expect(refused).toMatchObject({ kind: 'refused', code: 'digest-mismatch' });
    expect(await state('tool')).toBe('ii 2');
  });

  test('with policy-rc.d the old service goes on, which is told, and restarting it makes the patch effective', async () => {
    const service = (version: string): VendorPackage => ({
      name: 'service-of-tool',
      version,
      files: {
        '/lib/systemd/system/lab-tool.service': '[Service]\nExecStart=/usr/bin/lab-sleep 100000\n',
      },
      scripts: {
        // A program of the package's own, so that its replacement can be seen in the process.
        preinst: 'true',
        postinst: `cp /bin/sleep /usr/bin/lab-sleep.new; mv /usr/bin/lab-sleep.new /usr/bin/lab-sleep; systemctl daemon-reload; if [ ${version} = 1 ]; then systemctl start lab-tool; else deb-systemd-invoke restart lab-tool.service; fi`,
      },
    });
    await install([service('1')]);
    await endpoint.write('/usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n');
    await endpoint.shell('chmod 755 /usr/sbin/policy-rc.d');
    const transaction = await offer(service('2'));
    const later = await driver.applied(transaction, { restartServices: false });
    expect(later).toMatchObject({
      kind: 'applied',
      verification: {
        effective: false,
        staleProcesses: [{ unit: 'lab-tool.service', files: ['/usr/bin/lab-sleep'] }],
        waits: [{ kind: 'service-restart', unit: 'lab-tool.service' }],
      },
    });
    expect(await driver.restartServices(transaction)).toMatchObject({
      effective: true,
      restartedUnits: ['lab-tool.service'],
      staleProcesses: [],
    });
    await endpoint.shell('systemctl stop lab-tool; rm /usr/sbin/policy-rc.d');
  });
});
