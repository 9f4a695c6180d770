import {
  canonicalJson,
  type InstalledPackage,
  type Manifest,
  type PackageOrigin,
  type System,
  type Update,
  type Updates,
} from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';

export interface NamedDocument {
  readonly sha256: string;
  readonly text: string;
}

export interface MemberDocuments {
  readonly manifest: NamedDocument;
  readonly system: NamedDocument;
  readonly updates: NamedDocument;
}

interface CatalogueEntry {
  readonly installed: InstalledPackage;
  readonly update: Update | null;
}

export const PACKAGES_PER_ENDPOINT = 600;
const CATALOGUE_SIZE = 5_000;
/** Of the packages of a Debian 12 server that missed half a year of updates, about 36 of 600 have one, most of security. */
const UPDATE_SHARE = 0.06;
const SECURITY_SHARE = 0.7;
/** Every endpoint has these of the catalogue: the base system. */
const COMMON = 200;

const MAIN: PackageOrigin = {
  origin: 'Debian',
  label: 'Debian',
  suite: 'oldstable',
  codename: 'bookworm',
  component: 'main',
};
const SECURITY: PackageOrigin = { ...MAIN, label: 'Debian-Security', suite: 'oldstable-security' };
const EPOCH = '2026-01-01T00:00:00.000Z';

/** The same numbers for the same seed, in [0, 1) (mulberry32): a fleet that can be made again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Package versions of which a fleet's endpoints have 600 each, most of them in common with others. */
export class Catalogue {
  readonly #entries: readonly CatalogueEntry[];

  constructor(seed: number) {
    const random = seededRandom(seed);
    this.#entries = Array.from({ length: CATALOGUE_SIZE }, (_, index) => entry(index, random));
  }

  /** The package lists of one installation: `manifest` and `updates` name no endpoint, so several may have the same. */
  installation(seed: number): Pick<MemberDocuments, 'manifest' | 'updates'> {
    const chosen = choose(this.#entries, PACKAGES_PER_ENDPOINT, seededRandom(seed));
    const manifest: Manifest = {
      format: 1,
      scheme: 'deb',
      distribution: { id: 'debian', versionId: '12', codename: 'bookworm' },
      architecture: 'amd64',
      packages: chosen.map(({ installed }) => installed),
    };
    const updates: Updates = {
      format: 1,
      indexes: [
        {
          uri: 'http://deb.example.org/debian-security',
          suite: 'bookworm-security',
          sha256: sha256('index'),
          date: EPOCH,
          validUntil: null,
        },
      ],
      updates: chosen.flatMap(({ update }) => update ?? []),
      gaps: [],
    };
    return { manifest: named(manifest), updates: named(updates) };
  }
}

/** What is true of an endpoint besides its packages: nothing wrong. */
export function systemDocument(hostname: string): NamedDocument {
  const kernel = '6.1.0-37-amd64';
  const system: System = {
    format: 1,
    hostname,
    os: { id: 'debian', versionId: '12', codename: 'bookworm', prettyName: 'Debian GNU/Linux 12 (bookworm)' },
    architecture: 'amd64',
    kernel: {
      running: kernel,
      installed: kernel,
      runningPackageVersion: '6.1.140-1',
      installedPackageVersion: '6.1.140-1',
      waitsForReboot: false,
    },
    bootId: sha256(hostname).slice(0, 32),
    bootedAt: EPOCH,
    virtualization: 'kvm',
    cpuCount: 2,
    memoryBytes: 4 * 1024 ** 3,
    diskFreeBytes: 16 * 1024 ** 3,
    repositories: [MAIN, SECURITY].map(({ origin, label, suite, codename }) => ({
      uri: 'http://deb.example.org/debian',
      suite: suite ?? '',
      components: ['main'],
      origin,
      label,
      codename,
      date: EPOCH,
      validUntil: null,
      trusted: true,
    })),
    rebootRequired: { required: false, reasons: [] },
    staleProcesses: [],
    failedUnits: [],
    packageManager: { interrupted: false, brokenPackages: [] },
    agent: { version: '0.0.0', mode: 'timer', privileged: true },
    gaps: [],
  };
  return named(system);
}

function entry(index: number, random: () => number): CatalogueEntry {
  const name = `${random() < 0.4 ? 'lib' : ''}package-${String(index).padStart(4, '0')}`;
  const version = `${1 + Math.floor(random() * 9)}.${Math.floor(random() * 30)}-${1 + Math.floor(random() * 5)}`;
  const source = random() < 0.5 ? name : `source-${String(Math.floor(index / 3)).padStart(4, '0')}`;
  const installed: InstalledPackage = {
    name,
    architecture: random() < 0.3 ? 'all' : 'amd64',
    version,
    source,
    sourceVersion: version,
    status: 'installed',
    automatic: random() < 0.7,
    held: false,
    origin: MAIN,
  };
  if (random() >= UPDATE_SHARE) return { installed, update: null };
  const security = random() < SECURITY_SHARE;
  const update: Update = {
    name,
    architecture: installed.architecture,
    installed: version,
    candidate: `${version}+deb12u1`,
    source,
    sourceVersion: `${version}+deb12u1`,
    security,
    origin: security ? SECURITY : MAIN,
    downloadBytes: 10_000 + Math.floor(random() * 1_000_000),
    held: false,
    phased: null,
  };
  return { installed, update };
}

/** The common ones and others at random, sorted as a manifest is. */
function choose(entries: readonly CatalogueEntry[], count: number, random: () => number): readonly CatalogueEntry[] {
  const chosen = new Set(entries.slice(0, COMMON));
  while (chosen.size < count) {
    const each = entries[Math.floor(random() * entries.length)];
    if (each !== undefined) chosen.add(each);
  }
  return [...chosen].sort((a, b) => (a.installed.name < b.installed.name ? -1 : 1));
}

function named(document: unknown): NamedDocument {
  const text = canonicalJson(document);
  return { text, sha256: sha256(text) };
}
