import { PackageURL } from 'packageurl-js';
import { ecosystemOf } from '../model/namespace-name.ts';
import type { Software } from '../model/index.ts';
import { PACKAGE_ECOSYSTEMS } from './package-ecosystems.ts';

/**
 * The package URL of a piece of software; null: purl has no type for it (products of the CPE dictionary, Windows). Reading
 * it with `softwareOfPurl` gives the same namespace, name and versions back.
 */
export function purlOf(software: Software): string | null {
  try {
    return purl(software)?.toString() ?? null;
  } catch {
    // Names that purl's own rules refuse (an npm name with capitals): there is no purl of it.
    return null;
  }
}

function purl(software: Software): PackageURL | null {
  const language = PACKAGE_ECOSYSTEMS.get(software.namespace);
  if (language !== undefined) {
    const cut = language.separator === null ? -1 : software.name.lastIndexOf(language.separator);
    const namespace = cut < 0 ? undefined : software.name.slice(0, cut);
    return new PackageURL(
      language.namespace,
      namespace,
      software.name.slice(cut + 1),
      software.version,
      undefined,
      undefined,
    );
  }
  const distribution = ecosystemOf(software.namespace);
  const release = software.namespace.slice(distribution.length + 1);
  const type = TYPES.get(software.scheme);
  if (type === undefined) return null;
  const epoch = type === 'rpm' ? /^(\d+):(.*)$/.exec(software.version) : null;
  return new PackageURL(
    type,
    PURL_NAMESPACES.get(distribution) ?? distribution,
    software.name,
    epoch?.[2] ?? software.version,
    {
      ...(software.architecture === null ? {} : { arch: software.architecture }),
      distro: release === '' ? distribution : `${distribution}-${release}`,
      ...(epoch?.[1] === undefined ? {} : { epoch: epoch[1] }),
      ...(software.module === null ? {} : { rpmmod: software.module }),
      ...upstream(software),
    },
    undefined,
  );
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['deb', 'deb'],
  ['rpm', 'rpm'],
  ['apk', 'apk'],
  ['alpm', 'alpm'],
]);

const PURL_NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['rhel', 'redhat'],
  ['epel', 'fedora'],
  ['ol', 'oraclelinux'],
  ['amzn', 'amazon'],
  ['rocky', 'rocky-linux'],
  ['sles', 'suse'],
  ['opensuse-leap', 'opensuse'],
  ['opensuse-tumbleweed', 'opensuse'],
]);

function upstream({ source, name, version }: Software): { readonly upstream?: string } {
  if (source === null || (source.name === name && source.version === version)) return {};
  return { upstream: source.version === version ? source.name : `${source.name}@${source.version}` };
}
