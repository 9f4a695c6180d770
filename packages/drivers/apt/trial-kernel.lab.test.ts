import { createLab, labForTests, startMirror, type Endpoint, type Lab, type Mirror } from '@thimble/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driverOn, installRunner, type DriverOnEndpoint } from './testing/driver-on-endpoint.ts';

const availability = labForTests('the trial of a kernel');

/** With disks of their own for /boot and /var, as servers have them. */
describe.skipIf(!availability.available)('the trial of a genuine kernel update', () => {
  const MIB = 1024 * 1024;
  let lab: Lab;
  let mirror: Mirror;
  let endpoint: Endpoint;
  let driver: DriverOnEndpoint;

  beforeAll(async () => {
    lab = await createLab({ tag: 'driver: trial of a kernel' });
    mirror = await startMirror({ host: lab.gateway, suites: ['bookworm-security'] });
    endpoint = await lab.endpoint({
      name: 'kernel',
      base: 'kernel',
      disks: { '/boot': 256 * MIB, '/var': 1024 * MIB },
    });
    await installRunner(endpoint);
    await endpoint.boot();
    await endpoint.useMirror(mirror, { suites: ['bookworm-security'] });
    driver = driverOn(endpoint);
  });
  afterAll(async () => {
    await mirror?.stop();
    await lab?.destroy();
  });

  test('passes without its initial RAM disk, which is told, and leaves /boot and /var as they were', async () => {
    const metapackage = (await endpoint.shell("dpkg-query -W -f '${Package}' 'linux-image-cloud-*'")).trim();
    const transaction = await driver.planned(metapackage);
    expect(
      transaction.changes.some(({ action }) => action === 'install'),
      'the fixture is too new',
    ).toBe(true);
    const state =
      'sha256sum /var/lib/dpkg/status; ls -l /boot /lib/modules; sed "s/^[0-9]* [0-9]*//" /proc/1/mountinfo';
    const before = await endpoint.shell(state);
    const result = await driver.trial(transaction);
    expect(result).toMatchObject({ kind: 'tried', report: { verdict: 'passed', brokenPackages: [] } });
    const gaps = result.kind === 'tried' ? result.report.gaps.map(({ what }) => what) : [];
    expect(gaps).toContain('update-initramfs');
    expect(await endpoint.shell(state)).toBe(before);
  });
});
