import { type InstalledSoftware, packageUrl } from '@thimble/sbom';
import type { OsRelease } from '../os-release.ts';

/** Namespaces of package URLs where these are not os-release's IDs (purl-spec, types deb, rpm, apk, alpm). */
const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['rhel', 'redhat'],
  ['ol', 'oraclelinux'],
  ['amzn', 'amazon'],
  ['rocky', 'rocky-linux'],
  ['sles', 'suse'],
  ['opensuse-leap', 'opensuse'],
  ['opensuse-tumbleweed', 'opensuse'],
]);

/** What no package manager allows, and databases of the server can't store. */
const PRINTABLE = /^[\x21-\x7e]{1,255}$/;

export type PackageFormat = 'deb' | 'rpm' | 'apk' | 'alpm';

/**
 * A distribution's package as a package URL that says of which release, so that advisories can be held against it:
 * `pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl`. `softwareOfPurl` of the
 * advisories reads it back. Null: it can't be written as one.
 */
export function distributionPurl(
  format: PackageFormat,
  { id, versionId, codename }: Pick<OsRelease, 'id' | 'versionId' | 'codename'>,
  { name, version, architecture, source, module }: InstalledSoftware,
): string | null {
  const texts = [id, name, version, ...(source === null ? [] : [source.name, source.version])];
  if (!texts.every((text) => PRINTABLE.test(text))) return null;
  const epoch = format === 'rpm' ? /^(\d+):(.*)$/.exec(version) : null;
  // Without a number (Debian's testing and sid) the name is the release; rolling distributions have neither.
  const distro = versionId !== '' ? `${id}-${versionId}` : codename !== '' ? codename : id;
  const isOwnSource = source === null || (source.name === name && source.version === version);
  const sourceText = source?.version === version ? source.name : `${source?.name ?? ''}@${source?.version ?? ''}`;
  return packageUrl({
    type: format,
    namespace: NAMESPACES.get(id) ?? id,
    name,
    version: epoch?.[2] ?? version,
    qualifiers: {
      ...(architecture === null || !PRINTABLE.test(architecture) ? {} : { arch: architecture }),
      distro,
      ...(epoch?.[1] === undefined ? {} : { epoch: epoch[1] }),
      ...(module === null || !PRINTABLE.test(module) ? {} : { rpmmod: module }),
      ...(isOwnSource ? {} : { upstream: sourceText }),
    },
  });
}
