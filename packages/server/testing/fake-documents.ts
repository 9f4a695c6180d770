import type {
  ConfiguredRepository,
  InstalledPackage,
  Keyring,
  Manifest,
  PackageChange,
  Repositories,
  System,
  Transaction,
  Update,
  Updates,
} from '@thimble/protocol';
import { sha256, transactionSha256 } from '@thimble/protocol/signing';

const DEBIAN = { origin: 'Debian', label: 'Debian', suite: 'oldstable', codename: 'bookworm', component: 'main' };
const SECURITY = { ...DEBIAN, label: 'Debian-Security', suite: 'oldstable-security', codename: 'bookworm-security' };

export function fakePackage(name: string, version: string, rest: Partial<InstalledPackage> = {}): InstalledPackage {
  return {
    name,
    architecture: 'amd64',
    version,
    source: name,
    sourceVersion: version,
    status: 'installed',
    automatic: false,
    held: false,
    origin: DEBIAN,
    ...rest,
  };
}

export function fakeUpdate(name: string, installed: string, candidate: string, rest: Partial<Update> = {}): Update {
  return {
    name,
    architecture: 'amd64',
    installed,
    candidate,
    source: name,
    sourceVersion: candidate,
    security: true,
    origin: SECURITY,
    downloadBytes: 100_000,
    held: false,
    phased: null,
    ...rest,
  };
}

export function fakeManifest(packages: readonly InstalledPackage[]): Manifest {
  return {
    format: 1,
    scheme: 'deb',
    distribution: { id: 'debian', versionId: '12', codename: 'bookworm' },
    architecture: 'amd64',
    packages: [...packages].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  };
}

export function fakeUpdates(updates: readonly Update[]): Updates {
  return {
    format: 1,
    indexes: [],
    updates: [...updates].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    gaps: [],
  };
}

export function fakeSystem(hostname: string, rest: Partial<System> = {}): System {
  return {
    format: 1,
    hostname,
    os: { id: 'debian', versionId: '12', codename: 'bookworm', prettyName: 'Debian GNU/Linux 12 (bookworm)' },
    architecture: 'amd64',
    kernel: {
      running: '6.1.0-37-amd64',
      installed: '6.1.0-37-amd64',
      runningPackageVersion: '6.1.140-1',
      installedPackageVersion: '6.1.140-1',
      waitsForReboot: false,
    },
    bootId: '11111111-2222-3333-4444-555555555555',
    bootedAt: '2026-01-01T00:00:00.000Z',
    virtualization: null,
    cpuCount: 2,
    memoryBytes: 4_294_967_296,
    diskFreeBytes: 10_737_418_240,
    repositories: [],
    rebootRequired: { required: false, reasons: [] },
    staleProcesses: [],
    failedUnits: [],
    packageManager: { interrupted: false, brokenPackages: [] },
    agent: { version: '0.0.0-fake', mode: 'service', privileged: true },
    gaps: [],
    ...rest,
  };
}

/** A repository with the keys of these files, by which it is checked. */
export function fakeRepositories(
  repositories: readonly (Partial<ConfiguredRepository> & { readonly keys?: readonly Uint8Array[] })[],
): Repositories {
  const keyrings = new Map<string, Keyring>();
  const listed = repositories.map(({ keys = [], ...rest }, index): ConfiguredRepository => {
    const digests = keys.map((bytes) => {
      const digest = sha256(bytes);
      const material = Buffer.from(bytes).toString('base64');
      keyrings.set(digest, {
        sha256: digest,
        path: `/etc/apt/keyrings/${index}.gpg`,
        sizeBytes: bytes.length,
        material,
      });
      return digest;
    });
    return {
      format: 'apt',
      name: `/etc/apt/sources.list.d/${index}.sources:1`,
      uris: ['http://archive.example/debian/'],
      mirrorList: null,
      suite: 'bookworm',
      components: ['main'],
      architectures: ['amd64'],
      trust: keys.length > 0 ? 'keyrings' : 'unsigned',
      keyrings: digests,
      fingerprints: [],
      ...rest,
    };
  });
  return {
    format: 1,
    repositories: listed,
    keyrings: [...keyrings.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)),
    gaps: [],
  };
}

/** The transaction that takes all given updates. */
export function fakeTransaction(updates: readonly Update[]): { transaction: Transaction; transactionDigest: string } {
  const changes = fakeUpdates(updates).updates.map(
    ({ name, architecture, installed, candidate, source, security, origin, downloadBytes }): PackageChange => ({
      name,
      architecture,
      action: 'upgrade',
      from: installed,
      to: candidate,
      sha256: 'a'.repeat(64),
      downloadBytes,
      origin,
      security,
      reason: 'requested',
      source,
    }),
  );
  const transaction: Transaction = {
    format: 1,
    platform: 'apt',
    changes,
    downloadBytes: changes.reduce((sum, change) => sum + change.downloadBytes, 0),
    installedDeltaBytes: 0,
    conffileConflicts: [],
    servicesToRestart: [],
    reboot: { needed: false, reasons: [] },
    excluded: [],
    rollbackGaps: [],
    indexes: [],
  };
  return { transaction, transactionDigest: transactionSha256(transaction) };
}

function keyOf({ name, architecture }: { readonly name: string; readonly architecture: string }): string {
  return `${name}\0${architecture}`;
}
