/** Where a claim holds: a namespace with its release, and the channel that the fix comes by. */
export interface Place {
  readonly namespace: string;
  readonly channel: string | null;
}

/** What stands behind the colon of `Debian:12` (empty: nothing) as a place; null: not understood. */
export type ReleaseRule = (suffix: string, purl: string) => Place | null;

const main = (namespace: string): Place => ({ namespace, channel: null });

/** A distribution whose suffix is its release. */
export function releasePlace(name: string, form: RegExp): ReleaseRule {
  return (suffix) => (form.test(suffix) ? main(`${name}:${suffix}`) : null);
}

export function rolling(name: string): ReleaseRule {
  return (suffix) => (suffix === '' ? main(name) : null);
}

export const debian: ReleaseRule = releasePlace('debian', /^(\d+(\.\d+)?|sid)$/);

/** Freexian's paid repository for releases that Debian has given up. */
export const debianElts: ReleaseRule = (suffix, purl) => {
  const place = debian(suffix, purl);
  return place === null ? null : { ...place, channel: 'elts' };
};

/** `Alpine:v3.19`, `Alpine:edge`. */
export const alpine: ReleaseRule = (suffix) => {
  const release = /^v?(\d+\.\d+|edge)$/.exec(suffix)?.[1];
  return release === undefined ? null : main(`alpine:${release}`);
};

/**
 * `Ubuntu:22.04:LTS`, `Ubuntu:25.10`; `Ubuntu:Pro:20.04:LTS`, whose package URL says by which of Pro's repositories
 * (`distro=esm-infra/focal`; `trusty/esm` for 14.04); `Ubuntu:Pro:FIPS-updates:22.04:LTS`.
 */
export const ubuntu: ReleaseRule = (suffix, purl) => {
  const [, pro, kind, version] = /^(Pro:)?(?:([A-Za-z][A-Za-z-]*):)?(\d{1,2}\.\d{2})(?::LTS)?$/.exec(suffix) ?? [];
  if (version === undefined || (pro === undefined && kind !== undefined)) return null;
  const namespace = `ubuntu:${version}`;
  if (pro === undefined) return main(namespace);
  if (kind !== undefined) return { namespace, channel: kind.toLowerCase() };
  const repository = /[?&]distro=(esm-[a-z-]+)(?:\/|%2F)/i.exec(purl)?.[1];
  const trusty = /[?&]distro=trusty(?:\/|%2F)esm/i.test(purl) ? 'esm-infra' : undefined;
  return { namespace, channel: repository ?? trusty ?? 'esm' };
};

/** Products that are repositories of the one distribution: whose packages are installed is decided by the packages. */
const SLES_PRODUCTS = /^(Server|Desktop|Module for .+|Software Development Kit|.* Extension|Live Patching)$/;

/**
 * `Linux Enterprise Server 15 SP5`, `Linux Enterprise Module for Basesystem 15 SP5`, `Linux Enterprise Server 12
 * SP5-LTSS`, `Linux Enterprise Micro 5.5`, `Package Hub 15 SP5`. Products that are no release of it are not understood.
 */
export const suse: ReleaseRule = (suffix) => {
  const micro = /^Linux (?:Enterprise )?Micro (?:for Rancher )?(\d+\.\d+)$/.exec(suffix)?.[1];
  if (micro !== undefined) return main(`sle-micro:${micro}`);
  const [, product, major, pack, support] =
    /^(?:Linux Enterprise )?(.+?) (\d{2})(?:\.(\d))?(?:-([A-Za-z-]+))?$/.exec(suffix.replace(/ SP(\d)/, '.$1')) ?? [];
  if (product === undefined || major === undefined) return null;
  const namespace = `sles:${major}${pack === undefined ? '' : `.${pack}`}`;
  if (support !== undefined) return { namespace, channel: support.toLowerCase() };
  if (SLES_PRODUCTS.test(product)) return main(namespace);
  if (product === 'Package Hub') return { namespace, channel: 'package-hub' };
  if (/^Server for SAP Applications$|^High Performance Computing$/.test(product))
    return { namespace, channel: product.toLowerCase().replaceAll(' ', '-') };
  return null;
};

/** `Leap 15.6`, `Tumbleweed`. */
export const opensuse: ReleaseRule = (suffix) => {
  if (suffix === 'Tumbleweed') return main('opensuse-tumbleweed');
  const leap = /^Leap (\d+\.\d+)$/.exec(suffix)?.[1];
  return leap === undefined ? null : main(`opensuse-leap:${leap}`);
};

/** The product and version of a CPE name: `enterprise_linux:9::appstream`, `rhel_eus:9.2::baseos`, `openshift:4.12::el8`. */
export const redhat: ReleaseRule = (suffix) => {
  const [product = '', version = '', , variant = ''] = suffix.split(':');
  if (!/^[a-z][a-z0-9_.-]*$/.test(product) || !/^\d+(\.\d+)*$/.test(version)) return null;
  const own = product === 'enterprise_linux' || product.startsWith('rhel_');
  const major = own ? version.split('.')[0] : /^el(\d+)/.exec(variant)?.[1];
  if (major === undefined) return null;
  return { namespace: `rhel:${major}`, channel: product === 'enterprise_linux' ? null : `${product}:${version}` };
};
