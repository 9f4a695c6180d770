import type { Transaction } from '@thimble/protocol';
import type { ApplyCheckpoint, ApplyResult, ApplyTask } from '../driver.ts';
import { HostError } from '../host.ts';
import { blockedChange } from './blocks.ts';
import { waitDetached, type DetachedEnd } from './detached-run.ts';
import { rememberArchives } from './download.ts';
import { exactCall } from './exact.ts';
import { classifyInstallFailure, install } from './install.ts';
import { readInstalled, type Installed } from './installed.ts';
import { attempts, orderFolder, pruneOrders, type OrderFolder } from './order-folder.ts';
import { prepareApply, type Preparation, type Prepared } from './prepare-apply.ts';
import { repairIfInterrupted } from './repair.ts';
import { restartStaleUnits } from './restart-services.ts';
import { logTail, refused } from './results.ts';
import { failedUnitsNow, verify, wrong } from './verify.ts';
import { prepareWorkspace, type AptWorkspace } from './workspace.ts';

export interface ApplySettings {
  readonly lockWaitMs: number;
  readonly installDeadlineMs: number;
}

/** Attempts to go on with an installation that is killed again and again (a machine that loses power). */
const ATTEMPTS_MAX = 5;

/** Exactly the approved transaction, or a refusal that shows the difference. */
export async function apply(task: ApplyTask, settings: ApplySettings): Promise<ApplyResult> {
  const { host } = task;
  if (!host.privileged) return refused({ code: 'not-privileged', message: 'the agent does not run as root here' });
  let changing = task.resumeFrom !== null;
  try {
    return await run(
      {
        ...task,
        pointOfNoReturn: async (checkpoint) => {
          await task.pointOfNoReturn(checkpoint);
          changing = true;
        },
      },
      settings,
    );
  } catch (error) {
    // A full disk stops us like any missing precondition, as long as nothing was changed.
    if (changing || !(error instanceof HostError) || error.code !== 'disk-full') throw error;
    return refused({ code: 'disk-full', message: error.message });
  }
}

async function run(task: ApplyTask, settings: ApplySettings): Promise<ApplyResult> {
  const { host, transaction } = task;
  const workspace = await prepareWorkspace(host, task.workspace);
  const folder = orderFolder(workspace, task.orderId);
  await host.makeDirectory(folder.directory, { mode: 0o755 });
  if (task.resumeFrom !== null) return resume(task, workspace, folder, settings, task.resumeFrom);
  const unsupported = runningKernelRemoved(transaction, (await kernelRelease(task)) ?? '');
  if (unsupported !== null) return refused({ code: 'unsupported', message: unsupported });
  const blocked = blockedChange(transaction.changes, task.blocks);
  if (blocked !== null) return refused(blocked);
  const repaired = await repair(task, folder, settings);
  if (repaired !== 'repaired' && repaired !== 'nothing-to-do') return repaired;
  if (task.signal.aborted) return { kind: 'cancelled', stage: 'repairing' };
  const installed = await readInstalled(host);
  const prepared = await prepareApply(leftToDo(task, installed), workspace, folder, installed, settings.lockWaitMs);
  if (prepared.kind !== 'prepared') return prepared;
  const checkpoint: ApplyCheckpoint = {
    orderId: task.orderId,
    startedAt: host.now().toISOString(),
    bootIdBefore: (await text(task, '/proc/sys/kernel/random/boot_id')) ?? 'unknown',
    failedUnitsBefore: await failedUnitsNow(host),
    kept: [...prepared.kept],
    rollbackGaps: [...prepared.rollbackGaps],
  };
  if (task.signal.aborted) return { kind: 'cancelled', stage: 'downloading' };
  await task.pointOfNoReturn(checkpoint);
  let end: DetachedEnd;
  try {
    end = await install(task, folder, prepared.call, settings);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return failed(task, checkpoint, 'internal', `the installation could not be started: ${error.message}`, '');
  }
  if (wasKilled(end)) return resume(task, workspace, folder, settings, checkpoint);
  return conclude(task, workspace, folder, settings, checkpoint, end, repaired === 'repaired');
}

/**
 * What a failed installation never changed, or a failed roll-back brought back, needs no way back: a roll-back is of
 * the rest, and proven for the whole. An installation stays exact: whoever came first there changed what was approved.
 */
export function leftToDo(task: ApplyTask, installed: Pick<Installed, 'find'>): ApplyTask {
  if (task.undoes === null) return task;
  const left = new Set(wrong(installed, task.transaction).map((each) => `${each.name}\0${each.architecture}`));
  const changes = task.transaction.changes.filter((change) => left.has(`${change.name}\0${change.architecture}`));
  return { ...task, transaction: { ...task.transaction, changes } };
}

/** By a signal, with its wrapper (no exit code) or alone (the shell's 128 + signal); not by our own deadline. */
function wasKilled(end: DetachedEnd): boolean {
  return !end.deadlinePassed && (end.exitCode === null || end.exitCode > 128);
}

/** After a crash: the installation may still run, may have ended, or was killed with us. */
async function resume(
  task: ApplyTask,
  workspace: AptWorkspace,
  folder: OrderFolder,
  settings: ApplySettings,
  checkpoint: ApplyCheckpoint,
): Promise<ApplyResult> {
  const { host } = task;
  const wait = { stage: 'installing', deadlineMs: settings.installDeadlineMs } as const;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const last = (await attempts(host, folder, 'install')).at(-1);
    const ended = last === undefined ? null : await waitDetached(task, last, wait);
    if (ended !== null && !wasKilled(ended)) {
      return conclude(task, workspace, folder, settings, checkpoint, ended, true);
    }
    // It never started, or was killed.
    const repaired = await repair(task, folder, settings);
    const log = ended?.output ?? '';
    if (typeof repaired !== 'string') return failed(task, checkpoint, 'repair-failed', repaired.message, log);
    const installed = await readInstalled(host);
    if (wrong(installed, task.transaction).length === 0) {
      return conclude(
        task,
        workspace,
        folder,
        settings,
        checkpoint,
        { exitCode: 0, output: log, deadlinePassed: false },
        true,
      );
    }
    const rest = await prepareRest(task, workspace, folder, settings);
    if (rest.kind !== 'prepared') {
      return failed(task, checkpoint, 'interrupted', rest.kind === 'refused' ? rest.message : 'cancelled', log);
    }
    await install(task, folder, rest.call, settings);
  }
  return failed(task, checkpoint, 'interrupted', `the installation was killed ${ATTEMPTS_MAX} times`, '');
}

/** What is left of the transaction, with its files; the earlier preparation has most of them. */
async function prepareRest(task: ApplyTask, workspace: AptWorkspace, folder: OrderFolder, settings: ApplySettings) {
  const installed = await readInstalled(task.host);
  const left = new Set(wrong(installed, task.transaction).map((each) => `${each.name}\0${each.architecture}`));
  const changes = task.transaction.changes
    .filter((change) => left.has(`${change.name}\0${change.architecture}`))
    .map((change) => ({ ...change, from: installed.find(change.name, change.architecture)?.version ?? null }));
  const rest: Preparation = {
    ...task,
    goOn: true,
    transaction: { ...task.transaction, changes },
    signal: new AbortController().signal,
  };
  if (changes.length > 0) return prepareApply(rest, workspace, folder, installed, settings.lockWaitMs);
  const call = await exactCall(task.host, workspace, folder, task.transaction.changes, installed.native);
  return { kind: 'prepared', call, kept: [], rollbackGaps: [] } satisfies Prepared;
}

async function repair(task: ApplyTask, folder: OrderFolder, settings: ApplySettings) {
  const result = await repairIfInterrupted(task, folder, settings.lockWaitMs);
  switch (result.kind) {
    case 'nothing-to-do':
    case 'repaired':
      return result.kind;
    case 'busy':
      return refused({ code: 'package-manager-busy', message: 'another package manager is at work' }, null, result.log);
    case 'failed': {
      // What the order replaces may be the very package that can't be configured.
      const replaced = new Set(task.transaction.changes.map((change) => change.name));
      if (result.brokenPackages.every((name) => replaced.has(name))) return 'repaired';
      const names = result.brokenPackages.slice(0, 10).join(', ');
      const message = `dpkg was interrupted and can't be repaired: ${names}`;
      return refused({ code: 'package-manager-broken', message }, null, result.log);
    }
  }
}

async function conclude(
  task: ApplyTask,
  workspace: AptWorkspace,
  folder: OrderFolder,
  settings: ApplySettings,
  checkpoint: ApplyCheckpoint,
  end: DetachedEnd,
  resumed: boolean,
): Promise<ApplyResult> {
  const { host, transaction } = task;
  if (end.exitCode !== 0) return concludeFailure(task, folder, settings, checkpoint, end);
  const restarted = task.restartServices ? await restart(task) : [];
  task.progress({ stage: 'verifying', percent: null, message: 'looking at what is installed and what runs' });
  const verification = await verify(task, transaction, checkpoint.failedUnitsBefore, restarted);
  if (verification.wrongVersions.length > 0) {
    return failed(task, checkpoint, 'not-verified', 'apt reported success, but not all versions are there', end.output);
  }
  if (task.undoes === null) {
    const installed = await readInstalled(host);
    await rememberArchives(
      task,
      workspace,
      (each) => installed.find(each.name, each.architecture)?.version === each.version,
    );
  }
  await pruneOrders(host, workspace, [task.orderId]);
  return {
    kind: 'applied',
    verification,
    kept: [...checkpoint.kept],
    rollbackGaps: [...checkpoint.rollbackGaps],
    resumed,
  };
}

async function restart(task: ApplyTask): Promise<readonly string[]> {
  task.progress({ stage: 'restarting-services', percent: null, message: 'restarting what still uses replaced code' });
  return restartStaleUnits(task.host);
}

/** Lets dpkg configure what the failing package left behind, so that as little as possible stays half done. */
async function concludeFailure(
  task: ApplyTask,
  folder: OrderFolder,
  settings: ApplySettings,
  checkpoint: ApplyCheckpoint,
  end: DetachedEnd,
): Promise<ApplyResult> {
  const { code, message, busy } = classifyInstallFailure(end);
  const installed = await readInstalled(task.host);
  const untouched = task.transaction.changes.every(
    (change) => (installed.find(change.name, change.architecture)?.version ?? null) === change.from,
  );
  if (busy && untouched) return refused({ code: 'package-manager-busy', message }, null, end.output);
  // A script that hangs would only hang again.
  if (!end.deadlinePassed) await repairIfInterrupted(task, folder, settings.lockWaitMs);
  return failed(task, checkpoint, code, message, end.output);
}

async function failed(
  task: ApplyTask,
  checkpoint: ApplyCheckpoint,
  code: ReturnType<typeof classifyInstallFailure>['code'],
  message: string,
  log: string,
): Promise<ApplyResult> {
  return {
    kind: 'failed',
    code,
    message: message.slice(0, 16_000),
    stage: 'installing',
    verification: await verify(task, task.transaction, checkpoint.failedUnitsBefore),
    logTail: logTail(log),
    kept: [...checkpoint.kept],
  };
}

/** Its modules and its image would be gone under the running system. */
export function runningKernelRemoved(transaction: Transaction, release: string): string | null {
  const own = ['image', 'image-unsigned', 'modules'].map((part) => `linux-${part}-${release}`);
  const removed = transaction.changes.find((change) => change.to === null && own.includes(change.name));
  return removed === undefined ? null : `${removed.name} is of the running kernel: boot the earlier one first`;
}

async function kernelRelease(task: ApplyTask): Promise<string | null> {
  return text(task, '/proc/sys/kernel/osrelease');
}

async function text(task: ApplyTask, path: string): Promise<string | null> {
  return (await task.host.readFile(path, { maxBytes: 4096 }))?.toString('utf8').trim().slice(0, 512) ?? null;
}
