import { parseCpe, type CpeName } from '../cpe/cpe-name.ts';
import type { CsafProduct } from './product-tree.ts';

/** A distribution's release that packages are part of. */
export interface Platform {
  readonly namespace: string;
  /** The subscription or product in which the package is offered; null: the release itself. */
  readonly channel: string | null;
}

/** Null: not a release of a distribution, or one without a number. */
export function platformOf(product: CsafProduct): Platform | null {
  const cpe = product.cpe === null ? null : parseCpe(product.cpe);
  switch (cpe?.vendor) {
    case 'redhat':
      return redHat(cpe);
    case 'suse':
    case 'opensuse':
    case 'novell':
      return suse(cpe);
    case 'openeuler':
      return cpe.version === null ? null : { namespace: `openeuler:${cpe.version}`, channel: null };
    default:
      return azureLinux(product.name);
  }
}

/**
 * `enterprise_linux:9::appstream` is the release. Extended support of a minor release (`rhel_eus:9.4`, `rhel_aus`,
 * `rhel_tus`, `rhel_e4s`, `rhel_els`) and layered products (`openshift:4.12::el8`) are channels of it.
 */
function redHat(cpe: CpeName): Platform | null {
  const product = cpe.product ?? '';
  const release = /^(\d+)(?:\.\d+)*$/.exec(cpe.version ?? '')?.[1];
  if (product === 'enterprise_linux' || /^enterprise_linux_(eus|aus|tus)$/.test(product)) {
    if (release === undefined) return null;
    const channel = product === 'enterprise_linux' ? null : `rhel${product.slice(16)}:${cpe.version}`;
    return { namespace: `rhel:${release}`, channel };
  }
  if (/^rhel_(eus|aus|tus|e4s|els|mission_critical|eus_long_life)(_|$)/.test(product))
    return release === undefined ? null : { namespace: `rhel:${release}`, channel: `${product}:${cpe.version}` };
  const el = /^el(\d+)$/.exec(cpe.edition ?? '')?.[1] ?? (product.startsWith('rhel_') ? release : undefined);
  if (el === undefined) return null;
  return { namespace: `rhel:${el}`, channel: cpe.version === null ? product : `${product}:${cpe.version}` };
}

/** Names as os-release has them: `sles` 15.4, `opensuse-leap` 15.5, `opensuse-tumbleweed`, `sle-micro` 5.5. */
function suse(cpe: CpeName): Platform | null {
  const product = cpe.product ?? '';
  const release = suseRelease(cpe);
  if (product === 'tumbleweed' || (product === 'opensuse' && cpe.version === 'tumbleweed'))
    return { namespace: 'opensuse-tumbleweed', channel: null };
  if (release === null) return null;
  if (product === 'leap') return { namespace: `opensuse-leap:${release}`, channel: null };
  if (product === 'opensuse' || product === 'opensuse_evergreen')
    return { namespace: `opensuse:${release}`, channel: null };
  if (product === 'leap-micro') return { namespace: `opensuse-leap-micro:${release}`, channel: null };
  if (product === 'sle-micro' || product === 'sl-micro' || product === 'suse-microos')
    return { namespace: `${product === 'suse-microos' ? 'sle-micro' : product}:${release}`, channel: null };
  // The Desktop has the packages of the Server of the same service pack.
  if (/^(suse_)?sled($|[-_])/.test(product)) return { namespace: `sles:${release}`, channel: null };
  if (product === 'packagehub') return { namespace: `sles:${release}`, channel: 'packagehub' };
  if (product === 'sle_hpc') return { namespace: `sle_hpc:${release}`, channel: null };
  if (!/^(suse_)?(sles|sle)([-_]|$)|^sle-module|^suse_sle/.test(product)) return null;
  const support = /(?:^|[-_])(ltss-extended-security|ltss|espos|teradata|bcl)(?:$|[-_])/.exec(product)?.[1] ?? null;
  return { namespace: `sles:${release}`, channel: support };
}

/** `15` and `sp4` are 15.4. */
function suseRelease(cpe: CpeName): string | null {
  const version = cpe.version ?? '';
  if (!/^\d+(\.\d+)*$/.test(version)) return null;
  const servicePack = /^sp(\d+)$/.exec(cpe.update ?? '')?.[1];
  return servicePack === undefined ? version : `${version}.${servicePack}`;
}

function azureLinux(name: string): Platform | null {
  const azure = /^Azure Linux (\d+\.\d+)/.exec(name)?.[1];
  if (azure !== undefined) return { namespace: `azurelinux:${azure}`, channel: null };
  const mariner = /^(?:CBL[- ])?Mariner (\d+\.\d+)/.exec(name)?.[1];
  return mariner === undefined ? null : { namespace: `mariner:${mariner}`, channel: null };
}
