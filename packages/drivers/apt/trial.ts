import type { TrialReport } from '@thimble/protocol';
import { transactionSha256 } from '@thimble/protocol/signing';
import type { TrialResult, TrialTask } from '../driver.ts';
import type { Host } from '../host.ts';
import { runInClone, type CloneRun } from '../run-in-clone.ts';
import { runningKernelRemoved } from './apply.ts';
import { INSTALL_ENVIRONMENT, parseStatusLine } from './detached-run.ts';
import { DPKG_STATUS_PATH } from './installed.ts';
import { whileStaged, type Staged } from './pre-stage.ts';
import { logTail, refused } from './results.ts';
import { trialChecks } from './trial-checks.ts';
import { hiddenFolders } from './trial-hidden.ts';
import { trialResults, trialSteps } from './trial-steps.ts';
import { trialVerdict } from './trial-verdict.ts';

/** The transaction as it will be applied, prepared in the same way, in a clone of this machine that is then thrown away. */
export async function trial(task: TrialTask, settings: { readonly lockWaitMs: number }): Promise<TrialResult> {
  const release = (await task.host.readFile('/proc/sys/kernel/osrelease', { maxBytes: 4096 }))?.toString('utf8').trim();
  const unsupported = runningKernelRemoved(task.transaction, release ?? '');
  if (unsupported !== null) return refused({ code: 'unsupported', message: unsupported });
  await sweep(task);
  return whileStaged(task, settings, (staged) => tryOut(task, staged));
}

async function tryOut(task: TrialTask, { prepared }: Staged): Promise<TrialResult> {
  const { host, transaction, rules } = task;
  task.progress({ stage: 'trying', percent: 0, message: `${transaction.changes.length} packages in a clone` });
  const startedMs = host.now().getTime();
  const before = await databaseState(host);
  const checks = await trialChecks(host);
  const run = await runInClone({
    host,
    signal: task.signal,
    folder: `${trialsFolder(task)}/${task.orderId}`,
    name: unitName(task.orderId),
    steps: trialSteps(task, prepared.call, checks),
    // systemctl then neither asks nor waits for a systemd that is not there, and succeeds (systemctl(1), SYSTEMD_OFFLINE in ENVIRONMENT.md).
    env: { ...INSTALL_ENVIRONMENT, SYSTEMD_OFFLINE: '1' },
    limits: {
      deadlineMs: rules.deadlineSeconds * 1000,
      diskBytes: rules.diskBytes,
      memoryBytes: rules.memoryBytes,
    },
    hidden: await hiddenFolders(host),
    line: (line) => {
      const step = parseStatusLine(line);
      if (step !== null) task.progress({ stage: 'trying', ...step });
    },
  });
  if (run.kind === 'cancelled') return { kind: 'cancelled', stage: 'trying' };
  const totalMs = Math.max(0, host.now().getTime() - startedMs);
  const report = reportOf(task, run, checks, totalMs);
  const meanwhile =
    before === (await databaseState(host)) ? null : 'packages of this machine were changed during the trial';
  return {
    kind: 'tried',
    transactionDigest: transactionSha256(transaction),
    report: meanwhile === null ? report : { ...report, verdict: 'impossible', message: meanwhile },
    logTail: run.kind === 'ran' ? logTail(run.output) : [],
  };
}

function reportOf(
  task: TrialTask,
  run: Exclude<CloneRun, { kind: 'cancelled' }>,
  checks: Awaited<ReturnType<typeof trialChecks>>,
  totalMs: number,
): TrialReport {
  if (run.kind === 'impossible') {
    const message = `no clone can be made here: ${run.why}`;
    const nothing = { brokenPackages: [], checks: [], gaps: [], installMs: 0, diskBytes: 0 };
    return { verdict: 'impossible', message, clone: '', totalMs, ...nothing };
  }
  const results = trialResults(task, checks, run.steps);
  const judged = trialVerdict(task, run, results);
  return {
    ...judged,
    gaps: [...judged.gaps, ...run.gaps].slice(0, 100),
    clone: run.clone.slice(0, 512),
    installMs: results.install?.durationMs ?? 0,
    totalMs,
    diskBytes: run.diskBytes,
  };
}

/** dpkg writes its database anew with each change. */
async function databaseState(host: Host): Promise<string> {
  const stat = await host.stat(DPKG_STATUS_PATH);
  return `${stat?.modifiedAtMs ?? ''} ${stat?.sizeBytes ?? ''}`;
}

function trialsFolder(task: Pick<TrialTask, 'workspace'>): string {
  return `${task.workspace.directory}/trials`;
}

function unitName(orderId: string): string {
  return `thimble-trial-${orderId}`;
}

/** What trials left behind that were killed together with the agent: an endpoint has one at a time. */
async function sweep(task: TrialTask): Promise<void> {
  const { host } = task;
  for (const orderId of (await host.listDirectory(trialsFolder(task))) ?? [])
    await host.stopDetached({ name: unitName(orderId), directory: `${trialsFolder(task)}/${orderId}` });
  await host.remove(trialsFolder(task));
}
