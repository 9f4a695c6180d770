import type { PackageChange, Transaction, Verification } from '@thimble/protocol';
import type { Random } from '../../random/random.ts';
import type { Patch } from '../scenario/patches.ts';
import type { ScenarioEndpoint } from '../scenario/scenario.ts';
import { SNAPSHOT_ID } from '../identity.ts';
import type { Timeline } from '../timeline.ts';
import type { Tell } from '../world-event.ts';

/** What of a computer matters here: power, clock, disk, packages. It knows nothing of orders but the id of what it installs. */
export interface Machine {
  readonly id: string;
  readonly installMs: number;
  readonly isOn: boolean;
  readonly bootId: string;
  /** By its own clock, Unix milliseconds: wrong by whatever its boot made of it. */
  readonly wallMs: number;
  readonly diskFull: boolean;
  readonly canTry: boolean;
  readonly canPlan: boolean;
  /** What its resolver makes of the snapshot without these versions. */
  resolve(blocked: ReadonlySet<string>): Transaction;
  /** What a clone of it shows. */
  tryOut(changes: readonly PackageChange[]): string | null;
  /** Begins the detached installation, or finds that it was begun. It goes on when whoever asked for it ends. */
  install(orderId: string, kind: 'apply' | 'rollback', transaction: Transaction, digest: string): void;
  /** How long the installation of an order still takes; 0: it is done; null: there is none. */
  leftMs(orderId: string): number | null;
  failedToInstall(orderId: string): boolean;
  restartServices(): void;
  verify(changes: readonly PackageChange[]): Verification;
  fillDisk(full: boolean): void;
  /** Off at once, and on again after so long; null: never. Then `onBoot` is called. */
  powerOff(forMs: number | null): void;
}

interface Installation {
  readonly orderId: string;
  leftMs: number;
  runningSinceMs: number | null;
  done: boolean;
  failed: boolean;
}

export interface MachineWorld {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly patches: readonly Patch[];
  readonly clockSkewMs: number;
  readonly tell: Tell;
  onPower(on: boolean): void;
}

export function createMachine(endpoint: ScenarioEndpoint, world: MachineWorld): Machine {
  const { timeline, patches, tell } = world;
  const random = world.random.fork();
  const versions = new Map<string, string>();
  const fails = new Map(patches.map((patch) => [patch.name, whatFails(patch, random)]));
  for (const patch of patches) versions.set(patch.name, random.chance(patch.lackedBy) ? patch.from : patch.to);
  const broken = new Set<string>();
  const failedUnits = new Set<string>();
  const staleCode = new Set<string>();
  const installations = new Map<string, Installation>();
  let waitsForReboot = false;
  let boots = 1;
  let isOn = true;
  let gone = false;
  let diskFull = false;
  let skewMs = drawSkew();

  function drawSkew(): number {
    return world.clockSkewMs === 0 ? 0 : random.between(-world.clockSkewMs, world.clockSkewMs);
  }

  function finish(installation: Installation, kind: 'apply' | 'rollback', changes: readonly PackageChange[]): void {
    installation.done = true;
    installation.leftMs = 0;
    for (const { name, to } of changes) {
      const patch = patches.find((each) => each.name === name);
      if (patch === undefined) continue;
      const forward = kind === 'apply';
      if (forward && fails.get(name) === 'install') {
        broken.add(name);
        installation.failed = true;
        break;
      }
      versions.set(name, to ?? '');
      broken.delete(name);
      failedUnits.delete(`${name}.service`);
      if (forward && fails.get(name) === 'service') failedUnits.add(`${name}.service`);
      if (patch.needsReboot) waitsForReboot = true;
      if (patch.needsRestart) staleCode.add(name);
    }
    tell({ kind: 'changed', endpointId: endpoint.id, orderId: installation.orderId });
  }

  function run(installation: Installation, kind: 'apply' | 'rollback', changes: readonly PackageChange[]): void {
    installation.runningSinceMs = timeline.nowMs;
    const boot = boots;
    timeline.in(installation.leftMs, () => {
      if (isOn && boots === boot && !installation.done) finish(installation, kind, changes);
    });
  }

  function powerOff(forMs: number | null): void {
    if (!isOn) return;
    isOn = false;
    for (const each of installations.values()) {
      if (each.done || each.runningSinceMs === null) continue;
      each.leftMs = Math.max(1000, each.leftMs - (timeline.nowMs - each.runningSinceMs));
      each.runningSinceMs = null;
    }
    world.onPower(false);
    if (forMs === null) gone = true;
    else
      timeline.in(forMs, () => {
        if (gone) return;
        isOn = true;
        boots += 1;
        waitsForReboot = false;
        staleCode.clear();
        skewMs = drawSkew();
        world.onPower(true);
      });
  }

  return {
    id: endpoint.id,
    installMs: endpoint.installMs,
    canTry: !endpoint.noTrials,
    canPlan: !endpoint.noPlans,
    get isOn() {
      return isOn;
    },
    get bootId() {
      return `boot-${boots}`;
    },
    get wallMs() {
      return timeline.nowMs + skewMs;
    },
    get diskFull() {
      return diskFull;
    },
    resolve(blocked) {
      const lacking = patches.filter(
        ({ name, from, to }) => versions.get(name) === from && !blocked.has(`${name} ${to}`),
      );
      return transactionOf(lacking.map(({ name, from, to }) => changeOf(name, from, to)));
    },
    tryOut(changes) {
      const bad = changes.find(({ name }) => fails.get(name) === 'install' || fails.get(name) === 'trial');
      return bad === undefined ? null : `the maintainer script of ${bad.name} failed`;
    },
    install(orderId, kind, transaction, digest) {
      const known = installations.get(orderId);
      const installation = known ?? {
        orderId,
        leftMs: endpoint.installMs,
        runningSinceMs: null,
        done: false,
        failed: false,
      };
      if (known === undefined) {
        installations.set(orderId, installation);
        tell({ kind: 'begun', endpointId: endpoint.id, orderId, order: kind, digest, changes: transaction.changes });
      }
      if (!installation.done && installation.runningSinceMs === null) run(installation, kind, transaction.changes);
    },
    leftMs(orderId) {
      const installation = installations.get(orderId);
      if (installation === undefined) return null;
      if (installation.done || installation.runningSinceMs === null) return installation.done ? 0 : installation.leftMs;
      return Math.max(1, installation.leftMs - (timeline.nowMs - installation.runningSinceMs));
    },
    failedToInstall: (orderId) => installations.get(orderId)?.failed ?? false,
    restartServices: () => staleCode.clear(),
    verify: (changes) =>
      verificationOf({
        atMs: timeline.nowMs,
        wrong: changes.filter(({ name, to }) => versions.get(name) !== to).map(({ name, to }) => [name, to]),
        broken: [...broken],
        failedUnits: [...failedUnits],
        waits: [
          ...(waitsForReboot ? [{ kind: 'reboot', reason: 'a new kernel' } as const] : []),
          ...[...staleCode].map((name) => ({ kind: 'service-restart', unit: name, reason: 'old code' }) as const),
        ],
      }),
    fillDisk(full) {
      diskFull = full;
    },
    powerOff,
  };
}

function whatFails(patch: Patch, random: Random): 'install' | 'service' | 'trial' | 'nothing' {
  if (random.chance(patch.failsToInstall)) return 'install';
  if (random.chance(patch.breaksService)) return 'service';
  return random.chance(patch.failsTrial) ? 'trial' : 'nothing';
}

export function changeOf(name: string, from: string, to: string): PackageChange {
  return {
    name,
    architecture: 'amd64',
    action: from < to ? 'upgrade' : 'downgrade',
    from,
    to,
    sha256: (from < to ? 'a' : 'b').repeat(64),
    downloadBytes: 1_000_000,
    origin: null,
    security: true,
    reason: 'requested',
    source: name,
  };
}

export function transactionOf(changes: readonly PackageChange[]): Transaction {
  return {
    format: 1,
    platform: 'apt',
    changes: [...changes],
    downloadBytes: 1_000_000 * changes.length,
    installedDeltaBytes: 0,
    conffileConflicts: [],
    servicesToRestart: [],
    reboot: { needed: false, reasons: [] },
    excluded: [],
    rollbackGaps: [],
    indexes: [],
    content: { snapshotId: SNAPSHOT_ID },
  };
}

function verificationOf(state: {
  readonly atMs: number;
  readonly wrong: readonly (readonly [string, string | null])[];
  readonly broken: readonly string[];
  readonly failedUnits: readonly string[];
  readonly waits: Verification['waits'];
}): Verification {
  const { atMs, wrong, broken, failedUnits, waits } = state;
  return {
    checkedAt: new Date(atMs).toISOString(),
    wrongVersions: wrong.map(([name, expected]) => ({ name, architecture: 'amd64', expected, actual: null })),
    brokenPackages: [...broken],
    staleProcesses: [],
    restartedUnits: [],
    failedUnitsBefore: [],
    failedUnitsAfter: [...failedUnits],
    kernel: {
      running: '1',
      installed: null,
      runningPackageVersion: null,
      installedPackageVersion: null,
      waitsForReboot: false,
    },
    waits,
    effective: wrong.length + broken.length + failedUnits.length + waits.length === 0,
    gaps: [],
  };
}
