import { describe, expect, it } from 'vitest';
import { assessedAs } from './assessed-as.ts';
import { lookupKeys } from './lookup-keys.ts';
import { library, rpm, software } from './testing/records.ts';

const keys = (subject: Parameters<typeof lookupKeys>[0]) =>
  lookupKeys(subject).map(({ namespace, nameKind, name }) => `${namespace} ${nameKind} ${name}`);

describe('the keys under which claims are looked up', () => {
  it('are source and binary, of the release and of the whole distribution', () => {
    expect(keys(software())).toEqual([
      'debian:12 source example',
      'debian:12 binary libexample1',
      'debian source example',
      'debian binary libexample1',
    ]);
  });

  it('never name another release or distribution', () => {
    expect(keys(rpm({ namespace: 'almalinux:9' })).filter((key) => !key.startsWith('almalinux'))).toEqual([]);
  });

  it('of a library are its normalised name', () => {
    expect(keys(library('pypi', 'pep440', 'Foo_Bar', '1'))).toEqual(['pypi source foo-bar', 'pypi binary foo-bar']);
  });

  it('of a product are the product', () => {
    expect(keys(library('cpe', 'generic', 'Cisco:IOS', '1'))).toEqual(['cpe product cisco:ios']);
  });

  it("of a third party's package are none", () => {
    expect(keys(software({ origin: 'third-party' }))).toEqual([]);
  });
});

describe('a signed build is looked up under the source that it repackages', () => {
  it.each([
    [
      'debian:11',
      'linux-image-6.1.0-0.deb11.40-amd64',
      '6.1.180-1~deb11u1',
      'linux-signed-6.1-amd64',
      '6.1.180+1~deb11u1',
      'linux-6.1 6.1.180-1~deb11u1',
    ],
    [
      'debian:12',
      'shim-helpers-amd64-signed',
      '1+16.1+2~deb12u1',
      'shim-helpers-amd64-signed',
      '1+16.1+2~deb12u1',
      'shim 16.1-2~deb12u1',
    ],
    [
      'debian:13',
      'systemd-boot-efi-amd64-signed',
      '257.13+1~deb13u1',
      'systemd-boot-efi-amd64-signed',
      '257.13+1~deb13u1',
      'systemd 257.13-1~deb13u1',
    ],
    ['debian:12', 'linux-image-6.1.0-37-amd64', '6.1.140-1', 'linux-signed-amd64', '6.1.140+1', 'linux 6.1.140-1'],
    ['debian:11', 'linux-image-5.10.0-46-amd64', '5.10.262-1', 'linux-signed-amd64', '5.10.262+1', 'linux 5.10.262-1'],
    [
      'debian:13',
      'linux-image-6.12.107+deb13-amd64',
      '6.12.107-1',
      'linux-signed-arm64',
      '6.12.107+1',
      'linux 6.12.107-1',
    ],
    [
      'debian:12',
      'grub-efi-amd64-signed',
      '1+2.06+13+deb12u2',
      'grub-efi-amd64-signed',
      '1+2.06+13+deb12u2',
      'grub2 2.06-13+deb12u2',
    ],
    [
      'debian:11',
      'grub-efi-amd64-signed',
      '1+2.06+3~deb11u6',
      'grub-efi-amd64-signed',
      '1+2.06+3~deb11u6',
      'grub2 2.06-3~deb11u6',
    ],
    ['debian:12', 'fwupd-amd64-signed', '1:1.4+1', 'fwupd-amd64-signed', '1:1.4+1', 'fwupd-efi 1:1.4-1'],
    ['debian:11', 'fwupd-amd64-signed', '1.5.7+4', 'fwupd-amd64-signed', '1.5.7+4', 'fwupd 1.5.7-4'],
    [
      'debian:12',
      'shim-signed',
      '1.44~1+deb12u1+15.8-1~deb12u1',
      'shim-signed',
      '1.44~1+deb12u1',
      'shim 15.8-1~deb12u1',
    ],
    [
      'ubuntu:22.04',
      'linux-image-5.15.0-105-generic',
      '5.15.0-105.115',
      'linux-signed',
      '5.15.0-105.115',
      'linux 5.15.0-105.115',
    ],
    [
      'ubuntu:24.04',
      'linux-image-6.8.0-1021-aws',
      '6.8.0-1021.23',
      'linux-signed-aws',
      '6.8.0-1021.23',
      'linux-aws 6.8.0-1021.23',
    ],
  ])('%s %s %s', (namespace, name, version, source, sourceVersion, expected) => {
    const as = assessedAs(software({ namespace, name, version, source: { name: source, version: sourceVersion } }));
    expect(`${as.source.name} ${as.source.version}`).toBe(expected);
    expect(as.notes).toHaveLength(1);
    expect(as.binary).toEqual({ name, version });
  });

  it.each([
    ['a metapackage holds no code', 'ubuntu:22.04', 'linux-meta', '5.15.0.105.102'],
    ['a form that can not be mapped exactly stays', 'debian:12', 'linux-signed-amd64', '6.1.140'],
    ['a grub build of an unknown form stays', 'debian:12', 'grub-efi-amd64-signed', '2.06-13'],
    ['other distributions have other rules', 'rhel:9', 'linux-signed-amd64', '6.1.140+1'],
  ])('%s', (_rule, namespace, name, version) => {
    expect(assessedAs(software({ namespace, source: { name, version } })).source).toEqual({ name, version });
  });
});

describe('a backport', () => {
  const backport = software({
    version: '2.0-1~bpo12+1',
    source: { name: 'example', version: '2.0-1~bpo12+1' },
    channel: 'bookworm-backports',
  });
  it('is held against the release that it was built from, as the version that it rebuilds', () => {
    expect(assessedAs(backport)).toMatchObject({
      namespaces: ['debian:13', 'debian'],
      source: { name: 'example', version: '2.0-1' },
      binary: { version: '2.0-1' },
    });
    expect(assessedAs(backport).approximation).toContain('backport');
  });

  it('of a signed kernel goes through both rules', () => {
    const kernel = software({
      name: 'linux-image-6.12.30+bpo-amd64',
      version: '6.12.30-1~bpo12+1',
      source: { name: 'linux-signed-amd64', version: '6.12.30+1~bpo12+1' },
    });
    expect(assessedAs(kernel).source).toEqual({ name: 'linux', version: '6.12.30-1' });
  });
});
