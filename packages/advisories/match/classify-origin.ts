import { ecosystemOf } from '../model/namespace-name.ts';
import type { SoftwareOrigin } from '../model/index.ts';
import { publisherInVersion } from './publisher-in-version.ts';

/** What a Release file says of the repository that offers a package; the fields of the wire's PackageOrigin. */
export interface RepositoryFacts {
  readonly origin: string | null;
  readonly label: string | null;
  readonly suite: string | null;
  readonly codename: string | null;
  readonly component: string | null;
}

export interface OriginFacts {
  /** The installation's namespace: `debian:12`. */
  readonly namespace: string;
  readonly version: string;
  /** null: no configured repository offers this version, or the inventory can't tell. */
  readonly repository: RepositoryFacts | null;
  /** RPM's VENDOR; null: not stated, or the format has none. */
  readonly vendor: string | null;
  /** Origins of a site's own mirrors of the distribution, which rewrite the field. */
  readonly mirrorOrigins?: readonly string[];
}

export interface ClassifiedOrigin {
  readonly origin: SoftwareOrigin;
  readonly originName: string | null;
  readonly channel: string | null;
}

/**
 * Whose package it is. The repository's own words decide (Release file, Origin), then RPM's vendor, then marks that
 * publishers leave in versions. Without any of them it is `unstated`, and is assessed as the distribution's.
 */
export function classifyOrigin(facts: OriginFacts): ClassifiedOrigin {
  if (facts.repository !== null) return byRepository(facts, facts.repository);
  const marked = publisherInVersion(facts.version);
  if (marked !== null) return thirdParty(marked);
  return facts.vendor === null ? UNSTATED : byVendor(facts, facts.vendor);
}

const UNSTATED: ClassifiedOrigin = { origin: 'unstated', originName: null, channel: null };

const thirdParty = (originName: string | null): ClassifiedOrigin => ({
  origin: 'third-party',
  originName,
  channel: null,
});

/** The distribution's own origins: all of its archives, and nobody else's. */
const OWN_ORIGINS: ReadonlyMap<string, RegExp> = new Map([
  // Raspbian and Devuan offer Debian's packages under their own name; Freexian's are Debian's extended support.
  ['debian', /^(Debian|Debian Backports|Debian-Security|Raspbian|Devuan|Freexian)$/],
  // UbuntuESM, UbuntuESMApps, UbuntuFIPS, UbuntuFIPSUpdates, UbuntuRealtimeKernel.
  ['ubuntu', /^Ubuntu([A-Z][A-Za-z]*)?$/],
]);

function byRepository(facts: OriginFacts, { origin, label, suite }: RepositoryFacts): ClassifiedOrigin {
  const own = OWN_ORIGINS.get(ecosystemOf(facts.namespace));
  const name = origin ?? label;
  const isMirror = name !== null && (facts.mirrorOrigins ?? []).includes(name);
  if (name === null || !(isMirror || own?.test(name) === true))
    return thirdParty(name ?? publisherInVersion(facts.version));
  return { origin: 'distribution', originName: name, channel: channelOf(name, suite) };
}

const ORIGIN_CHANNELS: ReadonlyMap<string, string> = new Map([
  ['UbuntuESM', 'esm-infra'],
  ['UbuntuESMApps', 'esm-apps'],
  ['UbuntuFIPS', 'fips'],
  ['UbuntuFIPSUpdates', 'fips-updates'],
  ['Freexian', 'elts'],
]);

function channelOf(origin: string, suite: string | null): string | null {
  const known = ORIGIN_CHANNELS.get(origin);
  if (known !== undefined) return known;
  return suite !== null && /-backports(-sloppy)?$/.test(suite) ? suite : null;
}

/** RPM's VENDOR as each distribution's build system writes it. */
const OWN_VENDORS: ReadonlyMap<string, RegExp> = new Map([
  // CentOS, Stream and Scientific Linux are assessed as rhel.
  ['rhel', /^(Red Hat|CentOS|Scientific Linux)/],
  ['almalinux', /^AlmaLinux/],
  ['rocky', /^(Rocky|RESF)/],
  ['ol', /^Oracle/],
  ['amzn', /^Amazon/],
  ['fedora', /^Fedora/],
  ['sles', /^SUSE/],
  ['sle-micro', /^SUSE/],
  ['sl-micro', /^SUSE/],
  ['opensuse-leap', /^(SUSE|openSUSE)/],
  ['opensuse-leap-micro', /^(SUSE|openSUSE)/],
  ['opensuse-tumbleweed', /^openSUSE/],
  ['azurelinux', /^Microsoft/],
  ['mariner', /^Microsoft/],
]);

function byVendor({ namespace }: OriginFacts, vendor: string): ClassifiedOrigin {
  const own = OWN_VENDORS.get(ecosystemOf(namespace));
  // Formats without a vendor state a maintainer there: no word about the repository.
  if (own === undefined) return UNSTATED;
  if (!own.test(vendor)) return thirdParty(vendor);
  // The build service's home projects sign as the distribution does.
  const project = /obs:\/\/build\.opensuse\.org\/(.+)$/.exec(vendor)?.[1];
  return project === undefined ? { origin: 'distribution', originName: vendor, channel: null } : thirdParty(vendor);
}
