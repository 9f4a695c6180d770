import { describe, expect, it } from 'vitest';
import { ECOSYSTEMS } from './ecosystems.ts';
import { modulesOf } from './modules.ts';

/** `feed suffix [distro of the package URL]` as `namespace [channel]`. */
function place(feed: string, suffix: string, distro = ''): string | null | undefined {
  const rule = ECOSYSTEMS.find(({ id }) => id === feed)?.release;
  const found = rule?.(suffix, `pkg:deb/x/y?arch=source&distro=${distro}`);
  return found === null || found === undefined ? found : [found.namespace, found.channel ?? ''].join(' ').trim();
}

describe('a release of a distribution is a namespace', () => {
  it.each([
    ['debian', '12', '', 'debian:12'],
    ['debian', 'sid', '', 'debian:sid'],
    ['debian-elts', '8', '', 'debian:8 elts'],
    ['ubuntu', '22.04:LTS', 'jammy', 'ubuntu:22.04'],
    ['ubuntu', '25.10', 'questing', 'ubuntu:25.10'],
    ['ubuntu', 'Pro:18.04:LTS', 'esm-infra/bionic', 'ubuntu:18.04 esm-infra'],
    ['ubuntu', 'Pro:16.04:LTS', 'esm-apps%2Fxenial', 'ubuntu:16.04 esm-apps'],
    ['ubuntu', 'Pro:14.04:LTS', 'trusty/esm', 'ubuntu:14.04 esm-infra'],
    ['ubuntu', 'Pro:14.04:LTS', 'esm-infra-legacy/trusty', 'ubuntu:14.04 esm-infra-legacy'],
    ['ubuntu', 'Pro:20.04:LTS', '', 'ubuntu:20.04 esm'],
    ['ubuntu', 'Pro:FIPS-updates:22.04:LTS', 'fips-updates/jammy', 'ubuntu:22.04 fips-updates'],
    ['almalinux', '9', '', 'almalinux:9'],
    ['rocky', '10', '', 'rocky:10'],
    ['alpine', 'v3.19', '', 'alpine:3.19'],
    ['alpine', 'edge', '', 'alpine:edge'],
    ['wolfi', '', '', 'wolfi'],
    ['suse', 'Linux Enterprise Server 15 SP5', '', 'sles:15.5'],
    ['suse', 'Linux Enterprise Module for Basesystem 15 SP6', '', 'sles:15.6'],
    ['suse', 'Linux Enterprise Server 12 SP5-LTSS', '', 'sles:12.5 ltss'],
    ['suse', 'Linux Enterprise Server for SAP Applications 15 SP4', '', 'sles:15.4 server-for-sap-applications'],
    ['suse', 'Linux Enterprise Micro 5.5', '', 'sle-micro:5.5'],
    ['suse', 'Package Hub 15 SP5', '', 'sles:15.5 package-hub'],
    ['opensuse', 'Leap 15.6', '', 'opensuse-leap:15.6'],
    ['opensuse', 'Tumbleweed', '', 'opensuse-tumbleweed'],
    ['redhat', 'enterprise_linux:9::appstream', '', 'rhel:9'],
    ['redhat', 'rhel_eus:9.2::baseos', '', 'rhel:9 rhel_eus:9.2'],
    ['redhat', 'openshift:4.12::el8', '', 'rhel:8 openshift:4.12'],
  ])('%s:%s (%s) is %s', (feed, suffix, distro, expected) => {
    expect(place(feed, suffix, distro)).toBe(expected);
  });

  it.each([
    ['debian', ''],
    ['debian', 'bookworm'],
    ['ubuntu', 'Touch'],
    ['ubuntu', 'FIPS:22.04:LTS'],
    ['almalinux', ''],
    ['alpine', '3'],
    ['wolfi', '1'],
    ['suse', 'Manager Server 4.3'],
    ['suse', 'Enterprise Storage 7.1'],
    ['opensuse', 'Leap Micro 5.5'],
    ['redhat', 'openshift:4.12'],
    ['redhat', '__proto__:1'],
  ])('%s:%s is not understood', (feed, suffix) => {
    expect(place(feed, suffix)).toBeNull();
  });
});

describe('module streams stand in titles', () => {
  const modular = ['1:1.2-3.module_el8.9.0+1+abc'];
  it.each([
    ['Important: nodejs:18 security update', ['nodejs:18']],
    ['ALSA-2022:5468: php:8.0 security update (Important)', ['php:8.0']],
    ['Moderate: 389-ds:1.4 security update', ['389-ds:1.4']],
    ['ALBA-2022:1815 bug fix update of 17:30', []],
    [
      'Moderate: virt:rhel and virt-devel:rhel security, bug fix, and enhancement update',
      ['virt:rhel', 'virt-devel:rhel'],
    ],
    ['Moderate: ruby security update', []],
  ])('%s', (title, streams) => {
    expect(modulesOf(title, modular)).toEqual(streams);
  });

  it('and are none where the build is not one of a module', () => {
    expect(modulesOf('Moderate: kernel:4.18.0 security update', ['4.18.0-513.el8_9'])).toEqual([]);
  });
});
