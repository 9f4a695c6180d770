import type { Gap, Transaction, Verification, Wait } from '@thimble/protocol';
import type { Task } from '../driver.ts';
import type { Host } from '../host.ts';
import { readInstalled, type Installed } from './installed.ts';
import { readKernel } from './kernel.ts';
import { scanProcesses } from './processes.ts';
import { staleWaits } from './restart-services.ts';
import { staleProcesses } from './stale-processes.ts';
import { kernelReason, packageManagerState, readVirtualization } from './system.ts';
import { readFailedUnits } from './units.ts';

/** What is true now, read afresh from dpkg's database, /proc and systemd; the package manager's exit code proves nothing. */
export async function verify(
  task: Pick<Task, 'host'>,
  expected: Transaction | null,
  failedUnitsBefore: readonly string[],
  restartedUnits: readonly string[] = [],
): Promise<Verification> {
  const { host } = task;
  const gaps: Gap[] = [];
  const [installed, scan, failed, virtualization] = await Promise.all([
    readInstalled(host),
    scanProcesses(host),
    readFailedUnits(host),
    readVirtualization(host),
  ]);
  if (!failed.known) gaps.push({ what: 'failed units', why: failed.why });
  if (scan.hidden > 0)
    gaps.push({ what: 'stale processes', why: `${scan.hidden} processes are not ours to look into` });
  gaps.push(...installed.problems.map((why) => ({ what: 'dpkg status', why })));
  const { kernel, gaps: kernelGaps } = await readKernel(host, installed.packages, virtualization.container);
  gaps.push(...kernelGaps);
  const wrongVersions = wrong(installed, expected);
  const { brokenPackages } = await packageManagerState(host, installed);
  const stale = await staleProcesses(host, scan);
  const waits: Wait[] = staleWaits(stale, scan, host.ownProcessId);
  if (kernel.waitsForReboot) waits.unshift({ kind: 'reboot', reason: kernelReason(kernel) });
  const failedUnitsAfter = failed.known ? [...failed.units] : [];
  const before = new Set(failedUnitsBefore);
  // Ourselves we can't restart before this is recorded; the wait above says so.
  const own = scan.processes.find((each) => each.pid === host.ownProcessId)?.unit ?? null;
  const old = stale.filter((each) => each.pid !== host.ownProcessId && (own === null || each.unit !== own));
  return {
    checkedAt: host.now().toISOString(),
    wrongVersions,
    brokenPackages,
    staleProcesses: [...stale],
    restartedUnits: [...restartedUnits],
    failedUnitsBefore: [...failedUnitsBefore],
    failedUnitsAfter,
    kernel,
    waits,
    effective:
      wrongVersions.length === 0 &&
      brokenPackages.length === 0 &&
      old.length === 0 &&
      !kernel.waitsForReboot &&
      failedUnitsAfter.every((unit) => before.has(unit)) &&
      gaps.length === 0,
    gaps: gaps.slice(0, 100),
  };
}

export function wrong(installed: Pick<Installed, 'find'>, expected: Transaction | null): Verification['wrongVersions'] {
  return (expected?.changes ?? []).flatMap(({ name, architecture, to }) => {
    const now = installed.find(name, architecture);
    const actual = now?.version ?? null;
    // A package that changed from `all` to an architecture of its own is another one.
    const right = actual === to && (now === undefined || now.architecture === architecture);
    return right ? [] : [{ name, architecture, expected: to, actual }];
  });
}

export async function failedUnitsNow(host: Host): Promise<readonly string[]> {
  const failed = await readFailedUnits(host);
  return failed.known ? failed.units : [];
}
