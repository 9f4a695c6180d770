import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, labForTests, startMirror, type Endpoint, type Lab, type Mirror } from './index.ts';

const SUITES = ['bookworm-security'];
const availability = labForTests('a kernel update on a real endpoint');

describe.skipIf(!availability.available)('an endpoint whose kernel follows its boots', () => {
  let lab: Lab;
  let mirror: Mirror;
  let endpoint: Endpoint;
  beforeAll(async () => {
    lab = await createLab({ tag: 'kernel test' });
    mirror = await startMirror({ host: lab.gateway, suites: SUITES });
    endpoint = await lab.endpoint({ name: 'kernel', base: 'kernel', runningKernel: { kind: 'newest-at-boot' } });
    await endpoint.useMirror(mirror, { suites: SUITES });
    await endpoint.boot();
  });
  afterAll(async () => {
    await mirror.stop();
    await lab.destroy();
  });

  const shown = async (): Promise<string> => (await endpoint.read('/proc/sys/kernel/osrelease')).trim();
  const kernels = async (): Promise<readonly string[]> =>
    (await endpoint.shell("ls /boot/vmlinuz-* | sed 's,.*/vmlinuz-,,' | sort -V")).trim().split('\n');

  test('runs the old kernel after a genuine kernel update and the new one after the reboot', async () => {
    const [old] = await kernels();
    expect(await shown()).toBe(old);
    await endpoint.shell('apt-get -q update -o APT::Update::Error-Mode=any');
    const upgrade = 'apt-get -q -y -o Dpkg::Use-Pty=0 install linux-image-cloud-$(dpkg --print-architecture)';
    await endpoint.shell(upgrade, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
    const [first, second, ...more] = await kernels();
    expect([first, more]).toEqual([old, []]);
    expect(await shown()).toBe(old);
    await endpoint.reboot();
    expect(await shown()).toBe(second);
  });
});
