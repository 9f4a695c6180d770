import type { PackageStatus } from '@thimble/protocol';
import { continuationLines, field, sourceOf, stanzas, utf8 } from './deb822.ts';

/** A package of /var/lib/dpkg/status that is at least half there, dpkg-query(1). */
export interface DpkgPackage {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly status: PackageStatus;
  readonly held: boolean;
  /** dpkg's error flag: the package must be installed again before it can be trusted. */
  readonly reinstRequired: boolean;
  /** Essential or Protected: without it the system, or its start, breaks (deb-control(5)). */
  readonly essential: boolean;
  readonly installedKib: number;
  /** Only read where asked for: paths with the MD5 that dpkg recorded at installation. */
  readonly conffiles: readonly { readonly path: string; readonly md5: string }[];
}

export interface DpkgStatus {
  readonly packages: readonly DpkgPackage[];
  /** Stanzas that could not be understood, in words; never dropped silently. */
  readonly problems: readonly string[];
}

const STATUSES: ReadonlySet<string> = new Set<PackageStatus>([
  'installed',
  'unpacked',
  'half-installed',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
]);
const PROBLEMS_MAX = 20;
const NAME = /^[A-Za-z0-9][A-Za-z0-9+._:@/~-]{0,254}$/;
const ARCHITECTURE = /^[a-z0-9_-]{1,32}$/;
const VERSION = /^[\x21-\x7e]{1,255}$/;

/** @param text the status file, as latin1. @param conffilesOf whether the configuration files of a package are wanted. */
export function parseDpkgStatus(text: string, conffilesOf: (name: string) => boolean = () => false): DpkgStatus {
  const packages: DpkgPackage[] = [];
  const problems: string[] = [];
  for (const stanza of stanzas(text)) {
    const parsed = parseStanza(stanza, conffilesOf);
    if (parsed === 'not-there') continue;
    if (typeof parsed !== 'string') packages.push(parsed);
    else if (problems.length < PROBLEMS_MAX) problems.push(parsed);
  }
  packages.sort((a, b) => compareKeys(a.name, b.name) || compareKeys(a.architecture, b.architecture));
  return { packages, problems };
}

function parseStanza(stanza: string, conffilesOf: (name: string) => boolean): DpkgPackage | string {
  const name = field(stanza, 'Package') ?? '';
  const [want, flag, state] = (field(stanza, 'Status') ?? '').split(' ');
  if (state === 'not-installed' || state === 'config-files') return 'not-there';
  if (!NAME.test(name)) return `a stanza without a package name: ${JSON.stringify(stanza.slice(0, 60))}`;
  const version = field(stanza, 'Version') ?? '';
  const architecture = field(stanza, 'Architecture') ?? '';
  if (state === undefined || !STATUSES.has(state)) return `${name}: its status is not one of dpkg's`;
  // dpkg writes a package that it never got to unpack without either.
  if (!VERSION.test(version) || !ARCHITECTURE.test(architecture)) return `${name}: no version or architecture`;
  const conffiles = conffilesOf(name) ? parseConffiles(stanza) : [];
  return {
    name,
    architecture,
    version,
    ...checkedSource(stanza, name, version),
    status: state as PackageStatus,
    held: want === 'hold',
    reinstRequired: flag !== 'ok',
    essential: field(stanza, 'Essential') === 'yes' || field(stanza, 'Protected') === 'yes',
    installedKib: Number.parseInt(field(stanza, 'Installed-Size') ?? '0', 10) || 0,
    conffiles,
  };
}

function checkedSource(stanza: string, name: string, version: string) {
  const { source, sourceVersion } = sourceOf(stanza, name, version);
  return NAME.test(source) && VERSION.test(sourceVersion)
    ? { source, sourceVersion }
    : { source: name, sourceVersion: version };
}

function parseConffiles(stanza: string): DpkgPackage['conffiles'] {
  return continuationLines(stanza, 'Conffiles').flatMap((line) => {
    const match = /^(\/.*) ([0-9a-f]{32})(?: obsolete| remove-on-upgrade)*$/.exec(line);
    return match?.[1] === undefined || match[2] === undefined ? [] : [{ path: utf8(match[1]), md5: match[2] }];
  });
}

/** The keys `name:architecture` of /var/lib/apt/extended_states that apt installed by itself. */
export function parseExtendedStates(text: string): ReadonlySet<string> {
  const automatic = new Set<string>();
  for (const stanza of stanzas(text)) {
    if (field(stanza, 'Auto-Installed') !== '1') continue;
    automatic.add(`${field(stanza, 'Package') ?? ''}:${field(stanza, 'Architecture') ?? ''}`);
  }
  return automatic;
}

export function compareKeys(a: string, b: string): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}
