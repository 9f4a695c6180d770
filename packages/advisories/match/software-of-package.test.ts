import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { purlOf } from './purl-of.ts';
import { softwareOfPackage, type PackageFacts } from './software-of-package.ts';
import { softwareOfPurl } from './software-of-purl.ts';

const BOOKWORM = { id: 'debian', idLike: [], versionId: '12', codename: 'bookworm' };
const JAMMY = { id: 'ubuntu', idLike: ['debian'], versionId: '22.04', codename: 'jammy' };
const ALMA = { id: 'almalinux', idLike: ['rhel'], versionId: '9.4', codename: '' };
const release = (origin: string | null, codename: string | null = null, suite: string | null = null) => ({
  origin,
  label: null,
  suite,
  codename,
  component: 'main',
});
const entry = (given: Partial<PackageFacts>): PackageFacts => ({
  name: 'example',
  version: '1.0-1',
  architecture: 'amd64',
  source: 'example',
  sourceVersion: '1.0-1',
  origin: null,
  ...given,
});

describe('whose package it is', () => {
  it.each([
    ['Debian', 'bookworm', 'stable', BOOKWORM, 'distribution', 'debian:12', null],
    ['Debian', 'bookworm-security', 'stable-security', BOOKWORM, 'distribution', 'debian:12', null],
    [
      'Debian Backports',
      'bookworm-backports',
      'stable-backports',
      BOOKWORM,
      'distribution',
      'debian:12',
      'stable-backports',
    ],
    // A mixed system: the package is the other release's.
    ['Debian', 'trixie', 'testing', BOOKWORM, 'distribution', 'debian:13', null],
    ['Debian', 'sid', 'unstable', BOOKWORM, 'distribution', 'debian:sid', null],
    ['Raspbian', 'bookworm', 'stable', { ...BOOKWORM, id: 'raspbian' }, 'distribution', 'debian:12', null],
    [
      'Raspberry Pi Foundation',
      'bookworm',
      'stable',
      { ...BOOKWORM, id: 'raspbian' },
      'third-party',
      'debian:12',
      null,
    ],
    ['Ubuntu', 'jammy', 'jammy-updates', JAMMY, 'distribution', 'ubuntu:22.04', null],
    ['UbuntuESM', 'jammy', 'jammy-infra-security', JAMMY, 'distribution', 'ubuntu:22.04', 'esm-infra'],
    ['UbuntuESMApps', 'jammy', 'jammy-apps-security', JAMMY, 'distribution', 'ubuntu:22.04', 'esm-apps'],
    [
      'Ubuntu',
      'jammy',
      'jammy-updates',
      { ...JAMMY, id: 'linuxmint', versionId: '21.3', codename: 'virginia' },
      'distribution',
      'ubuntu:22.04',
      null,
    ],
    [
      'linuxmint',
      'virginia',
      'virginia',
      { ...JAMMY, id: 'linuxmint', versionId: '21.3', codename: 'virginia' },
      'third-party',
      'ubuntu:22.04',
      null,
    ],
    ['Ubuntu', 'jammy', 'jammy', BOOKWORM, 'third-party', 'debian:12', null],
    ['Docker', 'bookworm', 'bookworm', BOOKWORM, 'third-party', 'debian:12', null],
    ['apt.postgresql.org', 'bookworm-pgdg', 'bookworm-pgdg', BOOKWORM, 'third-party', 'debian:12', null],
    ['LP-PPA-ondrej-php', 'jammy', 'jammy', JAMMY, 'third-party', 'ubuntu:22.04', null],
    ['. nodistro', 'nodistro', 'nodistro', BOOKWORM, 'third-party', 'debian:12', null],
    ['Google LLC', 'stable', 'stable', JAMMY, 'third-party', 'ubuntu:22.04', null],
    [null, null, null, BOOKWORM, 'third-party', 'debian:12', null],
  ])('Release file of %s %s', (origin, codename, suite, os, expected, namespace, channel) => {
    const found = softwareOfPackage(entry({ origin: release(origin, codename, suite) }), os);
    expect([found.origin, found.namespace, found.channel]).toEqual([expected, namespace, channel]);
  });

  it.each([
    ['16.4-1.pgdg120+1', 'PostgreSQL (PGDG)'],
    ['8.2.26-1+0~20241121.68+debian12~1.gbpf93a8e', 'deb.sury.org'],
    ['7.4.33-14+ubuntu22.04.1+deb.sury.org+1', 'deb.sury.org'],
    ['20.18.0-1nodesource1', 'NodeSource'],
    ['5:27.3.1-1~ubuntu.22.04~jammy', 'Docker'],
    ['5:27.3.1-1~debian.12~bookworm', 'Docker'],
    ['1:10.11.9+maria~deb12', 'MariaDB Foundation'],
    ['1.26.2-1~bookworm', 'a repository outside of the distribution'],
    ['8.0.39-30-1.jammy', 'a repository outside of the distribution'],
  ])('without a repository its version tells: %s', (version, publisher) => {
    const found = softwareOfPackage(entry({ version }), BOOKWORM);
    expect([found.origin, found.originName]).toEqual(['third-party', publisher]);
  });

  it.each([
    '1.0-1',
    '3.0.16-1~deb12u1',
    '2.0-1~bpo12+1',
    '1.0-1ubuntu0.22.04.1',
    '2:8.2.3995-1ubuntu2.15+esm1',
    '9.18.28-1~deb12u2',
    '2.42.2+20240101-1~22.04.1',
    '1.1.1f-1ubuntu2.fips.2.8',
    '1:5.1.6~rc2-0ubuntu1~xenial2',
  ])('and is not stated where nothing tells: %s', (version) => {
    expect(softwareOfPackage(entry({ version }), BOOKWORM)).toMatchObject({ origin: 'unstated', originName: null });
  });

  it("believes that a site's own mirror is the distribution's", () => {
    const found = softwareOfPackage(entry({ origin: release('. bookworm', 'bookworm') }), BOOKWORM, {
      mirrorOrigins: ['. bookworm'],
    });
    expect(found.origin).toBe('distribution');
  });

  it.each([
    ['AlmaLinux', '1.0-1.el9', 'distribution', 'almalinux:9'],
    ['Fedora Project', '1.0-1.el9', 'distribution', 'epel:9'],
    ['Docker', '27.3.1-1.el9', 'third-party', 'almalinux:9'],
    ['The ELRepo Project (http://elrepo.org)', '6.1-1.el9.elrepo', 'third-party', 'almalinux:9'],
    [null, '15.4-1PGDG.rhel9', 'third-party', 'almalinux:9'],
    [null, '8.2.1-1.el9.remi', 'third-party', 'almalinux:9'],
    [null, '1.0-1.el9', 'unstated', 'almalinux:9'],
    ['Red Hat, Inc.', '1.0-1.el9', 'third-party', 'almalinux:9'],
  ])('RPM built by %s: %s', (vendor, version, origin, namespace) => {
    expect(softwareOfPackage(entry({ version, vendor }), ALMA)).toMatchObject({ origin, namespace });
  });

  it("openSUSE's home projects are not openSUSE", () => {
    const os = { id: 'opensuse-leap', idLike: [], versionId: '15.6', codename: '' };
    const by = (vendor: string) => softwareOfPackage(entry({ vendor }), os).origin;
    expect(by('openSUSE')).toBe('distribution');
    expect(by('SUSE LLC <https://www.suse.com/>')).toBe('distribution');
    expect(by('obs://build.opensuse.org/home:someone')).toBe('third-party');
  });

  it('keeps packages of a distribution that nobody speaks of, under its name', () => {
    const os = { id: 'nixos', idLike: [], versionId: '24.05', codename: '' };
    expect(softwareOfPackage(entry({}), os)).toMatchObject({ namespace: 'nixos:24.05', scheme: 'generic' });
  });
});

describe('a package URL', () => {
  it.each([
    ['pkg:npm/%40angular/core@17.0.0', 'npm', '@angular/core', 'npm'],
    ['pkg:pypi/Django_Rest@1.0', 'pypi', 'django-rest', 'pep440'],
    ['pkg:golang/github.com/foo/bar/v2@v2.1.0', 'golang', 'github.com/foo/bar/v2', 'golang'],
    ['pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1', 'maven', 'org.apache.logging.log4j:log4j-core', 'maven'],
    ['pkg:composer/Laravel/Framework@9.1', 'composer', 'laravel/framework', 'composer'],
    ['pkg:nuget/Newtonsoft.Json@12.0.1', 'nuget', 'newtonsoft.json', 'nuget'],
    ['pkg:deb/debian/bash@5.2-1?arch=amd64&distro=debian-12', 'debian:12', 'bash', 'deb'],
    ['pkg:deb/debian/bash@5.2-1?distro=bookworm', 'debian:12', 'bash', 'deb'],
    ['pkg:deb/debian/bash@5.2-1?distro=debian-sid', 'debian:sid', 'bash', 'deb'],
    ['pkg:deb/ubuntu/bash@5.1-6?distro=ubuntu-22.04', 'ubuntu:22.04', 'bash', 'deb'],
    ['pkg:apk/alpine/busybox@1.36.1-r5?distro=3.19.1', 'alpine:3.19', 'busybox', 'apk'],
    ['pkg:apk/wolfi/busybox@1.36.1-r5', 'wolfi', 'busybox', 'apk'],
    ['pkg:alpm/arch/pacman@6.1.0-3', 'arch', 'pacman', 'alpm'],
    ['pkg:rpm/redhat/bash@5.1-6.el9?distro=rhel-9.2', 'rhel:9', 'bash', 'rpm'],
  ])('%s', (purl, namespace, name, scheme) => {
    const found = softwareOfPurl(purl);
    expect(found).toMatchObject({ namespace, name, scheme });
    if (!('gap' in found)) expect(softwareOfPurl(purlOf(found) ?? '')).toEqual(found);
  });

  it('carries source, epoch and module', () => {
    const purl =
      'pkg:rpm/redhat/nodejs@18.1-1.el9?arch=x86_64&epoch=1&distro=rhel-9&rpmmod=nodejs:18:9020&upstream=nodejs-18.1-1.el9.src.rpm';
    expect(softwareOfPurl(purl)).toMatchObject({
      version: '1:18.1-1.el9',
      source: { name: 'nodejs', version: '1:18.1-1.el9' },
      module: 'nodejs:18',
    });
  });

  it.each([
    ['nonsense', /is not a package URL/],
    ['pkg:npm/lodash', /names no version/],
    ['pkg:deb/debian/bash@5.2', /does not state the distribution's release/],
    ['pkg:generic/openssl@1.0', /no advisories are known/],
    ['pkg:npm/__proto__@', /names no version/],
    [`pkg:npm/${'a'.repeat(5000)}@1`, /is not a package URL/],
  ])("that can't be placed is a gap: %.40s", (purl, gap) => {
    expect(softwareOfPurl(purl)).toEqual({ gap: expect.stringMatching(gap) as string });
  });

  it('of any text never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `pkg:deb/debian/${text}@1?distro=${text}`),
        ),
        (text) => {
          const found = softwareOfPurl(text);
          if (!('gap' in found)) purlOf(found);
        },
      ),
      { seed: 5 },
    );
  });
});
