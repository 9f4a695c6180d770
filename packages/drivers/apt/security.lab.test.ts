import { createLab, labForTests, startMirror, type Endpoint, type Lab, type Mirror } from '@thimble/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driverOn, installRunner, type DriverOnEndpoint } from './testing/driver-on-endpoint.ts';

const availability = labForTests("Debian's own pending security updates");

describe.skipIf(!availability.available)("Debian's pending security updates on a real endpoint", () => {
  let lab: Lab;
  let mirror: Mirror;
  let endpoint: Endpoint;
  let driver: DriverOnEndpoint;

  beforeAll(async () => {
    lab = await createLab({ tag: 'driver: security' });
    const suites = ['bookworm', 'bookworm-updates', 'bookworm-security'];
    mirror = await startMirror({ host: lab.gateway, suites });
    endpoint = await lab.endpoint({ name: 'security', base: 'web' });
    await installRunner(endpoint);
    await endpoint.boot();
    await endpoint.useMirror(mirror, { suites });
    driver = driverOn(endpoint);
  });
  afterAll(async () => {
    await mirror?.stop();
    await lab?.destroy();
  });

  const listing = () =>
    endpoint.shell("dpkg-query -W -f '${db:Status-Abbrev}${Package} ${Version}\\n'; apt-mark showauto");

  test('are found as dpkg and apt see them, without touching the lists of the system', async () => {
    const lists = await endpoint.shell('ls -l /var/lib/apt/lists');
    const { updates, gaps, indexes } = await driver.updates();
    expect(gaps).toEqual([]);
    expect(indexes).toHaveLength(3);
    expect(updates.filter((update) => update.security).map((update) => update.name)).toContain('openssl');
    const { manifest, gaps: missing } = await driver.inventory();
    expect(missing).toEqual([]);
    const names = (
      await endpoint.shell("dpkg-query -W -f '${Package} ${Version} ${source:Package} ${source:Version}\\n'")
    )
      .trim()
      .split('\n');
    expect(
      manifest.packages.map((each) => `${each.name} ${each.version} ${each.source} ${each.sourceVersion}`).sort(),
    ).toEqual(names.sort());
    const automatic = (await endpoint.shell('apt-mark showauto')).trim().split('\n').sort();
    expect(
      manifest.packages
        .filter((each) => each.automatic)
        .map((each) => each.name)
        .sort(),
    ).toEqual(automatic);
    expect(await endpoint.shell('ls -l /var/lib/apt/lists')).toBe(lists);
  });

  test('are applied exactly, leave no old code running, and can be rolled back to the very list of before', async () => {
    const before = await listing();
    const plan = await driver.plan({ kind: 'security' });
    if (plan.kind !== 'planned') throw new Error(JSON.stringify(plan));
    const { transaction } = plan;
    expect(transaction.servicesToRestart).toEqual(expect.arrayContaining(['init', 'nginx.service', 'ssh.service']));
    expect(transaction.rollbackGaps).toEqual([]);
    expect(await listing()).toBe(before);

    const { orderId, result } = driver.apply(transaction);
    const applied = await result;
    expect(applied).toMatchObject({
      kind: 'applied',
      resumed: false,
      rollbackGaps: [],
      verification: { wrongVersions: [], brokenPackages: [], staleProcesses: [], waits: [], effective: true },
    });
    expect((await driver.updates()).updates.filter((update) => update.security)).toEqual([]);
    expect(await endpoint.shell('systemctl is-system-running')).toBe('running\n');

    const kept = applied.kind === 'applied' ? applied.kept : [];
    expect(await driver.rollback(transaction, orderId, kept).result).toMatchObject({
      kind: 'applied',
      verification: { effective: true, staleProcesses: [] },
    });
    expect(await listing()).toBe(before);
    expect(await endpoint.shell('dpkg --audit; systemctl is-system-running')).toBe('running\n');
  });
});
