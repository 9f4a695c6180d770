import type { KeptPackage, PackageChange, Transaction, Verification } from '@thimble/protocol';

/** A change for tests; the digest is made from name and version, so equal changes are equal. */
export function change(
  name: string,
  from: string | null,
  to: string | null,
  extra: Partial<PackageChange> = {},
): PackageChange {
  return {
    name,
    architecture: 'amd64',
    action: from === null ? 'install' : to === null ? 'remove' : 'upgrade',
    from,
    to,
    sha256: to === null ? null : digestOf(`${name}=${to}`),
    downloadBytes: to === null ? 0 : 1_500_000,
    origin: null,
    security: false,
    reason: 'requested',
    source: name,
    ...extra,
  };
}

export function transaction(changes: readonly PackageChange[], extra: Partial<Transaction> = {}): Transaction {
  return {
    format: 1,
    platform: 'apt',
    changes: [...changes],
    downloadBytes: changes.reduce((sum, { downloadBytes }) => sum + downloadBytes, 0),
    installedDeltaBytes: 2000,
    conffileConflicts: [],
    servicesToRestart: [],
    reboot: { needed: false, reasons: [] },
    excluded: [],
    rollbackGaps: [],
    indexes: [],
    ...extra,
  };
}

export function kept(name: string, version: string): KeptPackage {
  return {
    name,
    architecture: 'amd64',
    version,
    sha256: digestOf(`${name}=${version}`),
    sizeBytes: 1000,
    from: 'archive',
  };
}

export function verification(extra: Partial<Verification> = {}): Verification {
  return {
    checkedAt: '2026-05-03T12:00:00.000Z',
    wrongVersions: [],
    brokenPackages: [],
    staleProcesses: [],
    restartedUnits: [],
    failedUnitsBefore: [],
    failedUnitsAfter: [],
    kernel: {
      running: '6.1.0-40',
      installed: '6.1.0-40',
      runningPackageVersion: null,
      installedPackageVersion: null,
      waitsForReboot: false,
    },
    waits: [],
    effective: true,
    gaps: [],
    ...extra,
  };
}

function digestOf(text: string): string {
  return Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64);
}
