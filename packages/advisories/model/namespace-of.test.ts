import { describe, expect, it } from 'vitest';
import { canonicalName } from './namespace-name.ts';
import { namespaceOf } from './namespace-of.ts';

const os = (id: string, versionId: string, codename = '', baseCodename?: string) => ({
  id,
  idLike: [],
  versionId,
  codename,
  ...(baseCodename === undefined ? {} : { baseCodename }),
});

describe('the namespace of a distribution', () => {
  it.each([
    ['debian', '12', 'bookworm', 'debian:12', 'deb'],
    ['debian', '13', '', 'debian:13', 'deb'],
    // Testing and unstable state no VERSION_ID.
    ['debian', '', 'forky', 'debian:14', 'deb'],
    ['debian', '', 'sid', 'debian:sid', 'deb'],
    ['ubuntu', '22.04', 'jammy', 'ubuntu:22.04', 'deb'],
    ['ubuntu', '28.04', 'not-named-yet', 'ubuntu:28.04', 'deb'],
    ['rhel', '9.4', 'Plow', 'rhel:9', 'rpm'],
    ['rhel', '10.0', '', 'rhel:10', 'rpm'],
    ['almalinux', '8.10', '', 'almalinux:8', 'rpm'],
    ['rocky', '9.5', '', 'rocky:9', 'rpm'],
    ['ol', '8.9', '', 'ol:8', 'rpm'],
    ['amzn', '2023', '', 'amzn:2023', 'rpm'],
    ['amzn', '2', '', 'amzn:2', 'rpm'],
    ['amzn', '2018.03', '', 'amzn:1', 'rpm'],
    ['fedora', '42', '', 'fedora:42', 'rpm'],
    ['sles', '15.5', '', 'sles:15.5', 'rpm'],
    ['sles', '12-SP5', '', 'sles:12.5', 'rpm'],
    ['sles', '15', '', 'sles:15', 'rpm'],
    ['opensuse-leap', '15.6', '', 'opensuse-leap:15.6', 'rpm'],
    ['opensuse-tumbleweed', '20260101', '', 'opensuse-tumbleweed', 'rpm'],
    ['azurelinux', '3.0', '', 'azurelinux:3.0', 'rpm'],
    ['mariner', '2.0', '', 'mariner:2.0', 'rpm'],
    ['alpine', '3.19.1', '', 'alpine:3.19', 'apk'],
    ['alpine', '3.22_alpha20250108', '', 'alpine:edge', 'apk'],
    ['wolfi', '20230201', '', 'wolfi', 'apk'],
    ['chainguard', '20230214', '', 'chainguard', 'apk'],
    ['arch', '', '', 'arch', 'alpm'],
    ['freebsd', '14.1', '', 'freebsd:14', 'freebsd'],
  ])('%s %s %s', (id, versionId, codename, namespace, scheme) => {
    expect(namespaceOf(os(id, versionId, codename))).toEqual({ namespace, scheme, derivedFrom: null });
  });

  it.each([
    ['raspbian', '12', 'bookworm', 'debian:12'],
    ['devuan', '5', 'daedalus', 'debian:12'],
    ['linuxmint', '21.3', 'virginia', 'ubuntu:22.04'],
    ['linuxmint', '22', 'wilma', 'ubuntu:24.04'],
    ['linuxmint', '6', 'faye', 'debian:12'],
    ['pop', '22.04', 'jammy', 'ubuntu:22.04'],
    ['elementary', '7.1', 'horus', 'ubuntu:22.04'],
    ['zorin', '17', 'jammy', 'ubuntu:22.04'],
    ['centos', '7', '', 'rhel:7'],
    ['centos', '8', '', 'rhel:8'],
    ['centos', '9', '', 'rhel:9'],
    ['scientific', '7.9', '', 'rhel:7'],
    ['sled', '15.5', '', 'sles:15.5'],
    ['manjaro', '', '', 'arch'],
    ['archarm', '', '', 'arch'],
  ])('a derivative says so: %s %s %s', (id, versionId, codename, namespace) => {
    const place = namespaceOf(os(id, versionId, codename));
    expect(place).toMatchObject({ namespace });
    expect('derivedFrom' in place && place.derivedFrom).toMatch(/\w/);
  });

  it('believes a derivative that names the release it builds on', () => {
    expect(namespaceOf(os('linuxmint', '99', 'zena', 'noble'))).toMatchObject({ namespace: 'ubuntu:24.04' });
    expect(namespaceOf(os('linuxmint', '9', 'zena', 'trixie'))).toMatchObject({ namespace: 'debian:13' });
  });

  it.each([
    ['nixos', '24.05', 'uakari'],
    ['kali', '2024.3', 'kali-rolling'],
    ['', '', ''],
    ['__proto__', '1', ''],
    ['constructor', '', ''],
    ['debian', 'twelve', ''],
    ['ubuntu', '', 'nonsense'],
    ['alpine', 'v3', ''],
    ['rhel', '', ''],
    ['openeuler', '24.03', ''],
    ['linuxmint', '', ''],
  ])('what is not known is a gap in words, whatever it is like: %s %s', (id, versionId, codename) => {
    const place = namespaceOf({ ...os(id, versionId, codename), idLike: ['debian', 'rhel'] });
    expect(place).toMatchObject({ gap: expect.stringMatching(/can't be (assessed|applied)|not applied/) as string });
    expect(place.namespace).not.toBe('');
  });
});

describe('a name as its ecosystem compares it', () => {
  it.each([
    ['pypi', 'Django_REST.framework', 'django-rest-framework'],
    ['pypi', 'a-._b', 'a-b'],
    ['nuget', 'Newtonsoft.Json', 'newtonsoft.json'],
    ['composer', 'Symfony/HTTP-Kernel', 'symfony/http-kernel'],
    ['npm', '@Scope/Name', '@Scope/Name'],
    ['golang', 'github.com/BurntSushi/toml/v2', 'github.com/BurntSushi/toml/v2'],
    ['maven', 'org.Apache:Log4j', 'org.Apache:Log4j'],
    ['cargo', 'Inflector', 'Inflector'],
    ['debian:12', 'libC', 'libC'],
  ])('%s %s', (namespace, name, expected) => expect(canonicalName(namespace, name)).toBe(expected));
});
