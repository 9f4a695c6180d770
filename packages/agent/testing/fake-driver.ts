import { createRecordedHost, type ApplyResult, type ApplyTask, type Driver, type Host } from '@thimble/drivers';
import type { Manifest, Repositories, System, Transaction, Updates, Verification } from '@thimble/protocol';

const KERNEL = {
  running: '6.1.0-1',
  installed: null,
  runningPackageVersion: null,
  installedPackageVersion: null,
  waitsForReboot: false,
};

export const MANIFEST: Manifest = {
  format: 1,
  scheme: 'deb',
  distribution: { id: 'debian', versionId: '12', codename: 'bookworm' },
  architecture: 'amd64',
  packages: [],
};

export const UPDATES: Updates = { format: 1, indexes: [], updates: [], gaps: [] };

export const REPOSITORIES: Repositories = { format: 1, repositories: [], keyrings: [], gaps: [] };

export const TRANSACTION: Transaction = {
  format: 1,
  platform: 'apt',
  changes: [
    {
      name: 'openssl',
      architecture: 'amd64',
      action: 'upgrade',
      from: '1',
      to: '2',
      sha256: 'a'.repeat(64),
      downloadBytes: 1,
      origin: null,
      security: true,
      reason: 'requested',
      source: 'openssl',
    },
  ],
  downloadBytes: 1,
  installedDeltaBytes: 0,
  conffileConflicts: [],
  servicesToRestart: [],
  reboot: { needed: false, reasons: [] },
  excluded: [],
  rollbackGaps: [],
  indexes: [],
};

export const VERIFICATION: Verification = {
  checkedAt: '2026-01-01T00:00:00.000Z',
  wrongVersions: [],
  brokenPackages: [],
  staleProcesses: [],
  restartedUnits: [],
  failedUnitsBefore: [],
  failedUnitsAfter: [],
  kernel: KERNEL,
  waits: [],
  effective: true,
  gaps: [],
};

/** A system document that a driver could have made. */
export function systemDocument(agent: System['agent'], bootId: string): System {
  return {
    format: 1,
    hostname: 'fake',
    os: { id: 'debian', versionId: '12', codename: 'bookworm', prettyName: 'Fake' },
    architecture: 'amd64',
    kernel: KERNEL,
    bootId,
    bootedAt: '2026-01-01T00:00:00.000Z',
    virtualization: null,
    cpuCount: 1,
    memoryBytes: 1,
    diskFreeBytes: 1,
    repositories: [],
    rebootRequired: { required: false, reasons: [] },
    staleProcesses: [],
    failedUnits: [],
    packageManager: { interrupted: false, brokenPackages: [] },
    agent,
    gaps: [],
  };
}

export function applied(resumed = false): ApplyResult {
  return { kind: 'applied', verification: VERIFICATION, kept: [], rollbackGaps: [], resumed };
}

/** A driver that changes nothing; `apply` is the test's. Inventories and refreshes are counted. */
export function fakeDriver(
  apply: (task: ApplyTask) => Promise<ApplyResult> = passThrough,
): Driver & { readonly counts: Record<'inventory' | 'refresh' | 'reboot', number> } {
  const counts = { inventory: 0, refresh: 0, reboot: 0 };
  return {
    counts,
    id: 'fake',
    name: 'Fake',
    detect: () => Promise.resolve(true),
    inventory: () => {
      counts.inventory += 1;
      return Promise.resolve({ manifest: MANIFEST, gaps: [] });
    },
    repositories: () => Promise.resolve(REPOSITORIES),
    system: (_host, _workspace, agent) => Promise.resolve(systemDocument(agent, 'boot')),
    updates: (_task, { refresh }) => {
      if (refresh) counts.refresh += 1;
      return Promise.resolve(UPDATES);
    },
    plan: () => Promise.resolve({ kind: 'planned', transaction: TRANSACTION, transactionDigest: 'a'.repeat(64) }),
    preStage: () => Promise.resolve({ kind: 'pre-staged' }),
    apply,
    restartServices: () => Promise.resolve(VERIFICATION),
    verify: () => Promise.resolve(VERIFICATION),
    reboot: () => {
      counts.reboot += 1;
      return Promise.resolve();
    },
  };
}

async function passThrough(task: ApplyTask): Promise<ApplyResult> {
  if (task.resumeFrom !== null) return applied(true);
  if (task.signal.aborted) return { kind: 'cancelled', stage: 'downloading' };
  await task.pointOfNoReturn(checkpointOf(task.orderId));
  return applied();
}

export function checkpointOf(orderId: string): NonNullable<ApplyTask['resumeFrom']> {
  return {
    orderId,
    startedAt: '2026-01-01T00:00:00.000Z',
    bootIdBefore: 'boot',
    failedUnitsBefore: [],
    kept: [],
    rollbackGaps: [],
  };
}

/** A privileged host on which nothing exists and every command does nothing. */
export function fakeHost(privileged = true): Host {
  return {
    ...createRecordedHost({}),
    run: () => Promise.resolve({ exitCode: 0, signal: null, stdout: '', stderr: '', truncated: false, stopped: null }),
    makeDirectory: () => Promise.resolve(),
    stat: () => Promise.resolve(null),
    privileged,
  };
}
