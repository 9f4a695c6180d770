import { describe, expect, it } from 'vitest';
import { kernelFacts, kernelReleaseOf } from './kernel.ts';

const deb = (name: string, version: string) => ({ name, version, scheme: 'deb', architecture: 'amd64' });
const rpm = (name: string, version: string) => ({ name, version, scheme: 'rpm', architecture: 'x86_64' });
const roles = (facts: ReturnType<typeof kernelFacts>) =>
  facts.kernels.map(({ name, version, role }) => `${name} ${version} ${role}`);

describe("what uname says when a package's kernel runs", () => {
  it.each([
    ['linux-image-6.1.0-37-amd64', '6.1.140-1', 'deb', '6.1.0-37-amd64'],
    ['linux-image-6.12.107+deb13-cloud-amd64', '6.12.107-1', 'deb', '6.12.107+deb13-cloud-amd64'],
    ['linux-image-unsigned-5.15.0-105-generic', '5.15.0-105.115', 'deb', '5.15.0-105-generic'],
    ['linux-image-6.1.0-37-amd64-unsigned', '6.1.140-1', 'deb', '6.1.0-37-amd64'],
    ['linux-image-6.1.0-37-amd64-dbg', '6.1.140-1', 'deb', null],
    ['linux-image-amd64', '6.1.140-1', 'deb', null],
    ['linux-headers-6.1.0-37-amd64', '6.1.140-1', 'deb', null],
    ['kernel-core', '5.14.0-503.14.1.el9_5', 'rpm', '5.14.0-503.14.1.el9_5.x86_64'],
    ['kernel', '3.10.0-1160.el7', 'rpm', '3.10.0-1160.el7.x86_64'],
    ['kernel-default', '5.14.21-150500.55.83.1', 'rpm', '5.14.21-150500.55.83-default'],
    ['kernel-headers', '5.14.0-503.14.1.el9_5', 'rpm', null],
    ['linux-lts', '6.6.63-r0', 'apk', '6.6.63-0-lts'],
    ['linux', '6.12.1.arch1-1', 'alpm', '6.12.1-arch1-1'],
    ['linux-lts', '6.6.63-1', 'alpm', '6.6.63-1-lts'],
  ])('%s %s (%s): %s', (name, version, scheme, release) => {
    expect(kernelReleaseOf({ name, version, scheme, architecture: 'x86_64' })).toBe(release);
  });
});

describe('installed kernels', () => {
  const installed = [
    deb('linux-image-6.1.0-35-amd64', '6.1.137-1'),
    deb('linux-image-6.1.0-37-amd64', '6.1.140-1'),
    deb('linux-image-6.1.0-9-amd64', '6.1.27-1'),
    deb('linux-image-amd64', '6.1.140-1'),
    deb('bash', '5.2-1'),
  ];

  it('are the running one, the one that starts next, and left over ones', () => {
    const facts = kernelFacts(installed, '6.1.0-35-amd64');
    expect(roles(facts)).toEqual([
      'linux-image-6.1.0-35-amd64 6.1.137-1 running',
      'linux-image-6.1.0-37-amd64 6.1.140-1 next',
      'linux-image-6.1.0-9-amd64 6.1.27-1 leftover',
      'linux-image-amd64 6.1.140-1 not-bootable',
    ]);
    expect(facts).toMatchObject({ restartPending: true, runningUnknown: false });
  });

  it('need no restart when the newest runs', () => {
    expect(kernelFacts(installed, '6.1.0-37-amd64')).toMatchObject({ restartPending: false });
  });

  it('of another kind than the running one are not next', () => {
    const facts = kernelFacts([...installed, deb('linux-image-6.1.0-50-cloud-amd64', '6.1.176-1')], '6.1.0-37-amd64');
    expect(facts.restartPending).toBe(false);
    expect(roles(facts).at(-1)).toBe('linux-image-6.1.0-50-cloud-amd64 6.1.176-1 leftover');
  });

  it('of RPM systems are told apart by the running release with its architecture', () => {
    const packages = [
      rpm('kernel-core', '5.14.0-427.el9'),
      rpm('kernel-core', '5.14.0-503.el9'),
      rpm('kernel', '5.14.0-503.el9'),
    ];
    expect(roles(kernelFacts(packages.slice(0, 2), '5.14.0-427.el9.x86_64'))).toEqual([
      'kernel-core 5.14.0-427.el9 running',
      'kernel-core 5.14.0-503.el9 next',
    ]);
  });

  it('and a running one that is none of them: not known whether a restart helps', () => {
    expect(kernelFacts(installed, '6.8.4-custom')).toMatchObject({ restartPending: null, runningUnknown: true });
    expect(kernelFacts(installed, null)).toMatchObject({ restartPending: null, runningUnknown: false });
  });
});
