import { PackageURL } from 'packageurl-js';
import { DEBIAN_RELEASES, UBUNTU_RELEASES } from '../model/distribution-releases.ts';
import { canonicalName } from '../model/namespace-name.ts';
import type { OperatingSystem, Software } from '../model/index.ts';
import { PACKAGE_ECOSYSTEMS } from './package-ecosystems.ts';
import { softwareOfPackage } from './software-of-package.ts';

export interface NoSoftware {
  /** In words, why advisories can't be held against it. */
  readonly gap: string;
}

/**
 * The software that a package URL names (purl-spec): language packages, and packages of a distribution where the qualifier
 * `distro` states the release, in the spellings that SBOM tools write (`debian-12`, `ubuntu-22.04`, `bookworm`, `3.19.1`,
 * `alpine-3.19.1`). Never throws.
 */
export function softwareOfPurl(text: string): Software | NoSoftware {
  const purl = parsed(text);
  if (purl === null) return { gap: `'${text.slice(0, 200)}' is not a package URL` };
  if (purl.version === '') return { gap: `'${text.slice(0, 200)}' names no version` };
  if (purl.type === 'deb' || purl.type === 'rpm' || purl.type === 'apk' || purl.type === 'alpm') return packaged(purl);
  const ecosystem = PACKAGE_ECOSYSTEMS.get(purl.type);
  if (ecosystem === undefined) return { gap: `no advisories are known for packages of the kind '${purl.type}'` };
  const { namespace, scheme, separator } = ecosystem;
  const name = purl.namespace === null || separator === null ? purl.name : `${purl.namespace}${separator}${purl.name}`;
  return {
    namespace,
    name: canonicalName(namespace, name),
    version: purl.version,
    scheme,
    architecture: null,
    source: null,
    origin: 'ecosystem',
    originName: null,
    module: null,
    channel: null,
  };
}

interface Purl {
  readonly type: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly version: string;
  readonly qualifier: (key: string) => string | null;
}

function parsed(text: string): Purl | null {
  // Longer than any real one; the parser's work is bounded with it.
  if (text.length > 4096) return null;
  try {
    const { type, namespace, name, version, qualifiers } = PackageURL.fromString(text);
    if (!type || !name) return null;
    const known = new Map(Object.entries(qualifiers ?? {}));
    return {
      type,
      namespace: namespace === undefined || namespace === '' ? null : namespace,
      name,
      version: version ?? '',
      qualifier: (key) => known.get(key) ?? null,
    };
  } catch {
    return null;
  }
}

function packaged(purl: Purl): Software | NoSoftware {
  const os = operatingSystemOf(purl);
  if (os === null)
    return { gap: `the package URL of ${purl.name} does not state the distribution's release (qualifier distro)` };
  const epoch = purl.qualifier('epoch');
  const withEpoch = epoch !== null && /^\d+$/.test(epoch) && epoch !== '0' && !/^\d+:/.test(purl.version);
  const version = withEpoch ? `${epoch}:${purl.version}` : purl.version;
  const source = sourceOf(purl.qualifier('upstream') ?? purl.qualifier('origin'), withEpoch ? epoch : null);
  return softwareOfPackage(
    {
      name: purl.name,
      version,
      architecture: purl.qualifier('arch'),
      source: source?.name ?? null,
      sourceVersion: source?.version ?? null,
      origin: null,
      module: (purl.qualifier('rpmmod') ?? purl.qualifier('modularitylabel'))?.split(':').slice(0, 2).join(':') ?? null,
    },
    os,
  );
}

/** `linux-signed-amd64@6.1.140+1`, `openssl`, `openssl-3.0.7-16.el9.src.rpm`. */
function sourceOf(stated: string | null, epoch: string | null): { name: string; version: string | null } | null {
  if (stated === null || stated === '') return null;
  const rpm = /^(.+)-([^-]+-[^-]+)\.(?:src|nosrc)\.rpm$/.exec(stated);
  if (rpm?.[1] !== undefined) return { name: rpm[1], version: `${epoch === null ? '' : `${epoch}:`}${rpm[2]}` };
  const at = stated.lastIndexOf('@');
  return at <= 0 ? { name: stated, version: null } : { name: stated.slice(0, at), version: stated.slice(at + 1) };
}

/** Names of distributions as purls write them, where these are not os-release's. */
const OS_IDS: ReadonlyMap<string, string> = new Map([
  ['redhat', 'rhel'],
  ['oracle', 'ol'],
  ['oraclelinux', 'ol'],
  ['amazon', 'amzn'],
  ['amazonlinux', 'amzn'],
  ['rockylinux', 'rocky'],
  ['alma', 'almalinux'],
  ['suse', 'sles'],
  ['opensuse', 'opensuse-leap'],
  ['archlinux', 'arch'],
]);

/** Distributions without releases: `distro` is not needed. */
const ROLLING: ReadonlySet<string> = new Set(['arch', 'wolfi', 'chainguard', 'opensuse-tumbleweed']);

function operatingSystemOf(purl: Purl): OperatingSystem | null {
  const distro = (purl.qualifier('distro') ?? '').toLowerCase();
  const byName = /^([a-z][a-z_-]*?)[-_: ]?v?(\d[\w.-]*)$/.exec(distro);
  const vendor = (purl.namespace ?? '').toLowerCase();
  const stated = byName?.[1] ?? (ROLLING.has(distro) ? distro : vendor);
  const id = OS_IDS.get(stated) ?? stated;
  const versionId = byName?.[2] ?? (/^\d/.test(distro) ? distro : '');
  // `bookworm`, and `debian-sid`, which has no number.
  const word = /^(?:debian-|ubuntu-)?([a-z]+)$/.exec(distro)?.[1] ?? '';
  const codename = DEBIAN_RELEASES.has(word) || UBUNTU_RELEASES.has(word) ? word : '';
  if (id === '' || (versionId === '' && codename === '' && !ROLLING.has(id) && distro !== 'edge')) return null;
  return { id, idLike: [], versionId, codename: distro === 'edge' ? 'edge' : codename };
}
