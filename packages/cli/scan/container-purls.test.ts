import { softwareOfPackage, softwareOfPurl } from '@thimble/advisories';
import { distributionPurl, type PackageFormat } from '@thimble/drivers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Case {
  readonly format: PackageFormat;
  readonly release: { readonly id: string; readonly versionId: string; readonly codename: string };
  readonly name: string;
  readonly version: string;
  readonly source?: { readonly name: string; readonly version: string };
  readonly module?: string;
}

const release = (id: string, versionId = '', codename = '') => ({ id, versionId, codename });

const CASES: readonly Case[] = [
  {
    format: 'deb',
    release: release('debian', '12', 'bookworm'),
    name: 'libssl3',
    version: '3.0.11-1~deb12u1',
    source: { name: 'openssl', version: '3.0.11-1~deb12u1' },
  },
  { format: 'deb', release: release('debian', '12', 'bookworm'), name: 'git', version: '1:2.39.2-1.1' },
  {
    format: 'deb',
    release: release('debian', '12', 'bookworm'),
    name: 'linux-image-amd64',
    version: '6.1.140-1',
    source: { name: 'linux-signed-amd64', version: '6.1.140+1' },
  },
  {
    format: 'deb',
    release: release('debian', '', 'sid'),
    name: 'libstdc++6',
    version: '13.2.0-1',
    source: { name: 'gcc-13', version: '13.2.0-1' },
  },
  { format: 'deb', release: release('ubuntu', '22.04', 'jammy'), name: 'openssl', version: '3.0.2-0ubuntu1.10' },
  {
    format: 'apk',
    release: release('alpine', '3.19.1'),
    name: 'ssl_client',
    version: '1.36.1-r15',
    source: { name: 'busybox', version: '1.36.1-r15' },
  },
  { format: 'apk', release: release('wolfi', '20230201'), name: 'glibc', version: '2.39-r1' },
  {
    format: 'rpm',
    release: release('rhel', '9.3'),
    name: 'openssl-libs',
    version: '1:3.0.7-16.el9_2',
    source: { name: 'openssl', version: '1:3.0.7-16.el9_2' },
  },
  { format: 'rpm', release: release('almalinux', '9.3'), name: 'bash', version: '5.1.8-6.el9_1' },
  {
    format: 'rpm',
    release: release('rocky', '9.3'),
    name: 'nodejs',
    version: '1:18.19.0-1.module+el9',
    module: 'nodejs:18',
  },
  { format: 'rpm', release: release('ol', '9.3'), name: 'bash', version: '5.1.8-6.el9_1' },
  { format: 'rpm', release: release('amzn', '2023'), name: 'bash', version: '5.2.15-1.amzn2023.0.2' },
  { format: 'rpm', release: release('fedora', '40'), name: 'bash', version: '5.2.26-3.fc40' },
  { format: 'rpm', release: release('sles', '15.5'), name: 'libopenssl1_1', version: '1.1.1l-150500.17.22.1' },
  { format: 'rpm', release: release('opensuse-leap', '15.5'), name: 'bash', version: '4.4-150400.25.22' },
  { format: 'rpm', release: release('azurelinux', '3.0'), name: 'bash', version: '5.2.15-3.azl3' },
  { format: 'alpm', release: release('arch'), name: 'bash', version: '5.2.026-2' },
];

const installed = ({ name, version, source, module }: Case) => ({
  name,
  version,
  architecture: 'x86_64',
  source: source ?? null,
  vendor: null,
  module: module ?? null,
  licence: null,
});

/** What of software decides its verdicts. */
function essence(found: ReturnType<typeof softwareOfPurl>) {
  if ('gap' in found) return found;
  const { namespace, name, version, scheme, source, origin, module } = found;
  return { namespace, name, version, scheme, source: source ?? { name, version }, origin, module };
}

function expectAgreement(each: Case): void {
  const purl = distributionPurl(each.format, each.release, installed(each));
  const os = { ...each.release, idLike: [] };
  const { name, version, source, module } = installed(each);
  const facts = { name, version, architecture: 'x86_64', origin: null, vendor: null, module };
  const known = softwareOfPackage(
    { ...facts, source: source?.name ?? null, sourceVersion: source?.version ?? null },
    os,
  );
  expect(essence(softwareOfPurl(purl ?? ''))).toEqual(essence(known));
}

describe('a container’s package, written by the agent as a package URL', () => {
  it.each(CASES)(
    'of $release.id $release.versionId$release.codename, $name, is the same software to the server',
    (each) => {
      expectAgreement(each);
    },
  );

  it('keeps any name and version that package managers allow', () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9+._-]{0,30}$/);
    const version = fc.stringMatching(/^(?:[1-9]:)?[0-9][A-Za-z0-9.+~^_]{0,20}-[0-9][A-Za-z0-9.+~^_]{0,10}$/);
    fc.assert(
      fc.property(name, version, name, version, fc.constantFrom(...CASES), (binary, one, source, other, each) => {
        const { format } = each;
        expectAgreement({ format, release: each.release, name: binary, version: one });
        // rpm's epoch is not in the source's file name: it is the binary's.
        if (format === 'deb')
          expectAgreement({
            format,
            release: each.release,
            name: binary,
            version: one,
            source: { name: source, version: other },
          });
      }),
    );
  });

  it('is none where it can not be written', () => {
    const one = CASES[0];
    if (one === undefined) throw new Error('there is a first case');
    for (const name of ['a b', 'a\0', '', 'ü', 'x'.repeat(300)])
      expect(distributionPurl('deb', one.release, { ...installed(one), name })).toBeNull();
  });
});
