import type { KeptPackage, Gap, OutcomeResult, Transaction } from '@thimble/protocol';
import type { PreStageTask } from '../driver.ts';
import type { AptError } from './apt-errors.ts';
import { notVerified } from './candidates.ts';
import { exactChanges, type ExactChanges } from './changes.ts';
import { openSnapshot } from './content/open-snapshot.ts';
import { difference, differenceInWords } from './difference.ts';
import { download } from './download.ts';
import { exactCall, type ExactCall } from './exact.ts';
import { readIndexes, type PackageIndex } from './index-targets.ts';
import type { Installed } from './installed.ts';
import { keepEarlierVersions } from './keep.ts';
import type { OrderFolder } from './order-folder.ts';
import { readRecords } from './packages-index.ts';
import { refresh } from './refresh.ts';
import { qualifiedName } from './resolve.ts';
import { findReplay } from './replay.ts';
import { refused, type Refused } from './results.ts';
import { rollbackRepository } from './rollback-repository.ts';
import { rollbackSources } from './rollback-sources.ts';
import { simulate, type SimulatedStep } from './simulation.ts';
import { spaceNeeded } from './space.ts';
import type { AptWorkspace } from './workspace.ts';

/** Everything that an installation needs is on this machine, compared with what was approved. */
export interface Prepared {
  readonly kind: 'prepared';
  readonly call: ExactCall;
  readonly kept: readonly KeptPackage[];
  readonly rollbackGaps: readonly Gap[];
}

type Stop = Refused | Extract<OutcomeResult, { kind: 'cancelled' }>;

/** An order's preparation, whether its window has come or not. */
export interface Preparation extends PreStageTask {
  /** For a rollback: take package files from those kept by this order. */
  readonly undoes: string | null;
  /** Its installation was begun: what was fetched for it is enough. */
  readonly goOn?: boolean;
}

/** From fresh indexes to verified package files; changes nothing but our own workspace. */
export async function prepareApply(
  task: Preparation,
  workspace: AptWorkspace,
  folder: OrderFolder,
  installed: Installed,
  lockWaitMs: number,
): Promise<Prepared | Stop> {
  const { host, transaction, signal } = task;
  const source = await packageSource(task, workspace, folder);
  if (signal.aborted) return { kind: 'cancelled', stage: 'refreshing' };
  if (!source.ok) return refused(source.error);
  task.progress({ stage: 'planning', percent: null, message: 'comparing a dry run with what was approved' });
  const call = await exactCall(host, source.workspace, folder, transaction.changes, installed.native);
  const compared = await compareWithApproved(task, call, installed);
  if (signal.aborted) return { kind: 'cancelled', stage: 'planning' };
  if (compared.kind === 'refused') return compared;
  const rollback =
    task.undoes === null
      ? await rollbackSources(host, source.workspace, transaction.changes, compared.exact.records)
      : { sources: [], gaps: [] };
  const keptBytes = rollback.sources.reduce((sum, each) => sum + (each.path === null ? each.sizeBytes : 0), 0);
  const full = await spaceNeeded(host, workspace, transaction, keptBytes);
  if (full !== null) return refused(full);
  task.progress({ stage: 'downloading', percent: 0, message: `${transaction.changes.length} packages` });
  const [error, keeping] = await Promise.all([
    task.undoes === null ? download(task, call, lockWaitMs) : null,
    task.undoes === null
      ? keepEarlierVersions(host, source.workspace, folder, rollback.sources, installed.native, signal)
      : { kept: [], gaps: [] },
  ]);
  if (signal.aborted) return { kind: 'cancelled', stage: 'downloading' };
  if (error !== null) return refused(error);
  return {
    kind: 'prepared',
    call,
    kept: keeping.kept,
    rollbackGaps: [...rollback.gaps, ...keeping.gaps].slice(0, 1_000),
  };
}

type Source =
  | { readonly ok: true; readonly workspace: AptWorkspace }
  | { readonly ok: false; readonly error: AptError };

async function packageSource(task: Preparation, workspace: AptWorkspace, folder: OrderFolder): Promise<Source> {
  const { host, transaction, undoes } = task;
  if (undoes !== null) return rollbackRepository(host, workspace, folder, undoes, transaction.changes);
  task.progress({ stage: 'refreshing', percent: null, message: 'fetching the package indexes' });
  const planned = transaction.content?.snapshotId;
  if (planned !== undefined && planned !== task.content?.source.snapshotId) {
    const message = `it was planned from snapshot ${planned}, and the order gives ${task.content?.source.snapshotId ?? 'none'}`;
    return { ok: false, error: { code: 'snapshot-differs', message } };
  }
  if (task.content !== undefined) return openSnapshot(task, workspace, task.content, task.goOn);
  const before = await readIndexes(host, workspace);
  const [refreshed, replay] = await Promise.all([
    refresh(host, workspace, task.signal),
    findReplay(host, workspace, before),
  ]);
  if (!refreshed.ok) return refreshed;
  if (replay !== null) return { ok: false, error: replay };
  const indexes = await readIndexes(host, refreshed.workspace);
  const error = olderThanApproved(indexes, transaction) ?? notVerified(indexes);
  return error === null ? refreshed : { ok: false, error };
}

/**
 * A mirror that replays an old but validly signed index passes apt's checks when the lists are fresh. The approval
 * names the dates that it was based on; ours must not be older.
 */
export function olderThanApproved(indexes: readonly PackageIndex[], transaction: Transaction): AptError | null {
  for (const approved of transaction.indexes) {
    const ours = indexes.find(
      (each) => each.repositoryUri === approved.uri && each.suite === approved.suite && each.release !== null,
    )?.release;
    if (ours === undefined || ours === null || approved.date === null) continue;
    if (ours.date !== null && ours.date >= approved.date) continue;
    const date = ours.date ?? 'no date';
    const message = `the index of ${approved.uri} ${approved.suite} is of ${date}, the approved one of ${approved.date}`;
    return { code: 'index-older-than-approved', message };
  }
  return null;
}

async function compareWithApproved(
  task: Preparation,
  call: ExactCall,
  installed: Installed,
): Promise<Refused | { readonly kind: 'same'; readonly exact: ExactChanges }> {
  const { host, transaction, signal } = task;
  const held = transaction.changes.filter((change) => installed.find(change.name, change.architecture)?.held === true);
  if (held.length > 0) {
    const names = held.map((change) => change.name).join(', ');
    return refused({ code: 'held-packages', message: `held by the administrator of this endpoint: ${names}` });
  }
  const dryRun = await simulate(host, call.workspace, call.args, signal);
  if (dryRun.ok) {
    const exact = await exactly(task, call.workspace, installed, dryRun.steps);
    const differs = difference(transaction.changes, exact.changes);
    if (differs === null && exact.unknown.length === 0) return { kind: 'same', exact };
    if (differs !== null && differs.unapproved.length + differs.changed.length > 0) return differing(differs);
  } else if (dryRun.error.code !== 'unsatisfiable') {
    return refused(dryRun.error);
  }
  return explain(task, call, installed, dryRun.ok ? '' : dryRun.error.message);
}

/** What apt would do with the approved names if nothing else kept it from it: this shows what is not approved. */
async function explain(task: Preparation, call: ExactCall, installed: Installed, why: string): Promise<Refused> {
  const { host, transaction, signal } = task;
  const args = transaction.changes.map((change) => {
    const name = qualifiedName(change, installed.native);
    return change.to === null ? `${name}-` : `${name}=${change.to}`;
  });
  const free = await simulate(host, call.workspace, ['install', '--allow-downgrades', ...args], signal);
  if (!free.ok) {
    // A version that is in no index any more is a difference like any other.
    const missing = { unapproved: [], missing: [...transaction.changes], changed: [] };
    return refused(
      { code: 'transaction-differs', message: `${differenceInWords(missing)}. ${free.error.message}` },
      missing,
    );
  }
  const exact = await exactly(task, call.workspace, installed, free.steps);
  const differs = difference(transaction.changes, exact.changes);
  if (differs !== null) return differing(differs);
  return refused({
    code: 'unsatisfiable',
    message: why === '' ? 'apt would not make the approved changes alone' : why,
  });
}

function differing(differs: NonNullable<ReturnType<typeof difference>>): Refused {
  return refused({ code: 'transaction-differs', message: differenceInWords(differs) }, differs);
}

async function exactly(
  task: Preparation,
  workspace: AptWorkspace,
  installed: Installed,
  steps: readonly SimulatedStep[],
): Promise<ExactChanges> {
  const { host, transaction } = task;
  const indexes = await readIndexes(host, workspace);
  const records = await readRecords(host, indexes, new Set(steps.map((step) => step.name)));
  return exactChanges(host, steps, {
    installed,
    indexes,
    records,
    requested: new Set(),
    approved: new Map(transaction.changes.map((change) => [`${change.name} ${change.architecture}`, change.sha256])),
  });
}
