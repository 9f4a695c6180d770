import { DEBIAN_RELEASES, UBUNTU_RELEASES } from '../model/distribution-releases.ts';
import { ecosystemOf } from '../model/namespace-name.ts';
import { namespaceOf } from '../model/namespace-of.ts';
import type { OperatingSystem, Software } from '../model/index.ts';
import { classifyOrigin, type RepositoryFacts } from './classify-origin.ts';

/** A package as an inventory records it: a manifest's entry has the same fields, but for `vendor` and `module`. */
export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly architecture: string | null;
  /** null: the database does not say. */
  readonly source: string | null;
  /** null: the same as the binary package's. */
  readonly sourceVersion: string | null;
  /** null: no configured repository offers this version, or the inventory can't tell. */
  readonly origin: RepositoryFacts | null;
  /** RPM's VENDOR. */
  readonly vendor?: string | null;
  /** RPM module and stream, `nodejs:18`. */
  readonly module?: string | null;
}

export interface SoftwareOptions {
  /** Origins of a site's own mirrors of the distribution, which rewrite the Release file's Origin. */
  readonly mirrorOrigins?: readonly string[];
}

/** One installed package of a distribution as what verdicts are about. */
export function softwareOfPackage(entry: PackageFacts, os: OperatingSystem, options: SoftwareOptions = {}): Software {
  const place = namespaceOf(os);
  const vendor = entry.vendor ?? null;
  const base = {
    name: entry.name,
    version: entry.version,
    scheme: 'gap' in place ? schemeOfUnknown(os) : place.scheme,
    architecture: entry.architecture,
    source: entry.source === null ? null : { name: entry.source, version: entry.sourceVersion ?? entry.version },
    module: entry.module ?? null,
  };
  const ownBuild = derivativesBuild(os, vendor, entry.version, entry.origin);
  if (ownBuild !== null)
    return { ...base, namespace: place.namespace, origin: 'third-party', originName: ownBuild, channel: null };
  const epel = epelOf(place.namespace, vendor, entry.origin);
  if (epel !== null) return { ...base, namespace: epel, origin: 'distribution', originName: 'EPEL', channel: null };
  const classified = classifyOrigin({
    namespace: place.namespace,
    version: entry.version,
    repository: entry.origin,
    vendor,
    ...(options.mirrorOrigins === undefined ? {} : { mirrorOrigins: options.mirrorOrigins }),
  });
  const { origin, originName, channel } = classified;
  const namespace = origin === 'distribution' ? releaseOffering(entry.origin, place.namespace) : place.namespace;
  return { ...base, namespace, origin, originName, channel };
}

/**
 * A system can mix releases: a package that comes from testing's repository is testing's, whatever os-release says. Suites
 * of one release (`bookworm-security`, `bookworm-backports`) are that release.
 */
function releaseOffering(repository: RepositoryFacts | null, namespace: string): string {
  const ecosystem = ecosystemOf(namespace);
  const releases = ecosystem === 'debian' ? DEBIAN_RELEASES : ecosystem === 'ubuntu' ? UBUNTU_RELEASES : null;
  const codename = (repository?.codename ?? '').split(/[-/]/)[0] ?? '';
  const release = releases?.get(codename);
  return release === undefined ? namespace : `${ecosystem}:${release}`;
}

/** Marks of builds that a derivative made itself, of which its base's advisories say nothing; null: not such a build. */
function derivativesBuild(
  os: OperatingSystem,
  vendor: string | null,
  version: string,
  repository: RepositoryFacts | null,
): string | null {
  const rule = DERIVATIVES.get(os.id.toLowerCase());
  if (rule === undefined) return null;
  if (vendor !== null && rule.vendor?.test(vendor) === true) return rule.name;
  return repository === null && rule.version?.test(version) === true ? rule.name : null;
}

const DERIVATIVES: ReadonlyMap<string, { readonly name: string; readonly version?: RegExp; readonly vendor?: RegExp }> =
  new Map([
    ['linuxmint', { name: 'Linux Mint', version: /linuxmint|\+(virginia|wilma|faye|gigi|vanessa|vera|victoria)/ }],
    ['lmde', { name: 'Linux Mint', version: /linuxmint|\+(faye|gigi|elsie)/ }],
    ['pop', { name: 'System76', version: /pop\d|system76|~\d{10}~\d\d\.\d\d~[0-9a-f]{7}/ }],
    ['elementary', { name: 'elementary', version: /elementary|\+r\d+\+pkg/ }],
    ['zorin', { name: 'Zorin OS', version: /zorin/ }],
    ['neon', { name: 'KDE neon', version: /neon|\+\d\d\.\d\d\+/ }],
    ['tuxedo', { name: 'TUXEDO', version: /tux\d|tuxedo/ }],
    ['devuan', { name: 'Devuan', version: /devuan/ }],
    // Raspberry Pi Ltd.'s own builds in archive.raspberrypi.com; +rpi are Raspbian's rebuilds of Debian's.
    ['raspbian', { name: 'Raspberry Pi Ltd.', version: /\+rpt\d/ }],
    ['debian', { name: 'Raspberry Pi Ltd.', version: /\+rpt\d/ }],
  ]);

/** Extra Packages for Enterprise Linux are Fedora's, with advisories of their own. */
function epelOf(namespace: string, vendor: string | null, repository: RepositoryFacts | null): string | null {
  const release = /^(rhel|almalinux|rocky|ol):(\d+)$/.exec(namespace)?.[2];
  if (release === undefined) return null;
  const stated = vendor?.startsWith('Fedora') === true || /^epel/i.test(repository?.origin ?? '');
  return stated ? `epel:${release}` : null;
}

/** For software that is kept though nothing can be said of it. */
function schemeOfUnknown(os: OperatingSystem): string {
  const family = [os.id, ...os.idLike].join(' ').toLowerCase();
  if (/debian|ubuntu|kali/.test(family)) return 'deb';
  if (/rhel|fedora|suse|centos|openeuler/.test(family)) return 'rpm';
  if (/alpine|postmarketos/.test(family)) return 'apk';
  return /arch/.test(family) ? 'alpm' : 'generic';
}
