import { LIMITS, type Gap, type Selection, type Transaction } from '@thimble/protocol';
import { transactionSha256 } from '@thimble/protocol/signing';
import type { PlanResult, PlanTask } from '../driver.ts';
import { HostError } from '../host.ts';
import type { AptError } from './apt-errors.ts';
import { blockedChange, blockedUpdates, withBlocks } from './blocks.ts';
import { KEPT_BACK, readCandidates, repositoryIndexes, type Candidates } from './candidates.ts';
import { exactChanges, type ExactChanges } from './changes.ts';
import { changedConffiles } from './conffiles.ts';
import { foresee } from './consequences.ts';
import { openSnapshot } from './content/open-snapshot.ts';
import type { Installed } from './installed.ts';
import { refresh } from './refresh.ts';
import { refused } from './results.ts';
import { resolve } from './resolve.ts';
import { rollbackSources } from './rollback-sources.ts';
import { selectUpdates, type Excluded } from './selection.ts';
import { prepareWorkspace, type AptWorkspace } from './workspace.ts';

/** A dry run against fresh indexes: exactly what would change, and everything to know before approving it. */
export async function plan(task: PlanTask, selection: Selection): Promise<PlanResult> {
  try {
    return await run(task, selection);
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'disk-full') throw error;
    return refused({ code: 'disk-full', message: error.message });
  }
}

async function run(task: PlanTask, selection: Selection): Promise<PlanResult> {
  const { host, signal } = task;
  task.progress({ stage: 'refreshing', percent: null, message: 'fetching the package indexes' });
  const refreshed = await packageIndexes(task);
  if (signal.aborted) return { kind: 'cancelled', stage: 'refreshing' };
  if (!refreshed.ok) return refused(refreshed.error);
  const workspace = await withBlocks(host, refreshed.workspace, task.blocks);
  task.progress({ stage: 'planning', percent: null, message: 'dry run of the selected updates' });
  const read = await readCandidates(host, workspace, { conffiles: true, signal });
  if (signal.aborted) return { kind: 'cancelled', stage: 'planning' };
  if (!read.ok) return refused(read.error);
  const { candidates } = read;
  const { wanted, excluded } = selectUpdates(candidates, selection, task.blocks);
  excluded.push(...newlyNamed(blockedUpdates(candidates, selection, task.blocks), excluded));
  const mayRemove = selection.kind === 'packages';
  const resolved = await resolve(host, workspace, wanted, { native: candidates.installed.native, mayRemove, signal });
  if (signal.aborted) return { kind: 'cancelled', stage: 'planning' };
  if (!resolved.ok) return refused(resolved.error);
  const exact = await exactChanges(host, resolved.steps, {
    installed: candidates.installed,
    indexes: candidates.indexes,
    records: candidates.records,
    requested: new Set(resolved.wanted.map((each) => each.name)),
  });
  const nothing = exact.changes.length === 0 && excluded.length === 0 && resolved.excluded.length === 0;
  const error =
    whyNotApprovable(exact, candidates) ??
    blockedChange(exact.changes, task.blocks) ??
    (nothing
      ? whyNotNothing([...refreshed.gaps, ...candidates.gaps, ...noIndexes(candidates)], candidates.installed)
      : null);
  if (error !== null) return refused(error);
  const left = [...excluded, ...resolved.excluded, ...refreshed.outside].slice(0, LIMITS.changesPerTransaction);
  const transaction = await describe(task, workspace, candidates, exact, left);
  return { kind: 'planned', transaction, transactionDigest: transactionSha256(transaction) };
}

export function whyNotApprovable(
  exact: Pick<ExactChanges, 'changes' | 'unknown'>,
  candidates: { readonly installed: Pick<Installed, 'find'> },
): AptError | null {
  if (exact.unknown.length > 0) {
    const names = exact.unknown.slice(0, 20).join(', ');
    return { code: 'index-not-verified', message: `no trusted index has a SHA-256 of: ${names}` };
  }
  const essential = exact.changes.filter(
    (change) => change.to === null && candidates.installed.find(change.name, change.architecture)?.essential === true,
  );
  if (essential.length > 0) {
    // A dry run does not tell; apt would refuse it only when the packages are fetched.
    const names = essential.map((change) => change.name).join(', ');
    return { code: 'unsupported', message: `it would remove packages that the system can't be without: ${names}` };
  }
  const held = exact.changes.filter(
    (change) => candidates.installed.find(change.name, change.architecture)?.held === true,
  );
  if (held.length === 0) return null;
  return {
    code: 'held-packages',
    message: `it would change held packages: ${held.map((each) => each.name).join(', ')}`,
  };
}

function noIndexes({ indexes }: Candidates): readonly Gap[] {
  return indexes.length > 0 ? [] : [{ what: 'package indexes', why: 'this endpoint has no repository' }];
}

/** `Nothing to do` is only said when it is known: not with an index that is missing, nor over packages that are half there. */
export function whyNotNothing(gaps: readonly Gap[], installed: Pick<Installed, 'packages'>): AptError | null {
  const broken = installed.packages.filter((each) => each.status !== 'installed' || each.reinstRequired);
  if (broken.length > 0) {
    const names = broken.slice(0, 20).map((each) => each.name);
    const message = `nothing is to be installed, but not fully installed are: ${names.join(', ')} (dpkg --configure -a repairs them)`;
    return { code: 'package-manager-broken', message };
  }
  const unknown = gaps.find(({ what }) => what !== KEPT_BACK);
  if (unknown === undefined) return null;
  return {
    code: 'index-unreachable',
    message: `no update was found, but not everything could be looked at: ${unknown.what}: ${unknown.why}`,
  };
}

type Indexes =
  | {
      readonly ok: true;
      readonly workspace: AptWorkspace;
      readonly gaps: readonly Gap[];
      readonly outside: readonly Excluded[];
    }
  | { readonly ok: false; readonly error: AptError };

async function packageIndexes({ host, workspace, signal, content }: PlanTask): Promise<Indexes> {
  const base = await prepareWorkspace(host, workspace);
  if (content === undefined) {
    const refreshed = await refresh(host, base, signal);
    return refreshed.ok ? { ...refreshed, outside: [] } : refreshed;
  }
  const opened = await openSnapshot({ host, signal }, base, content);
  return opened.ok ? { ...opened, gaps: [] } : opened;
}

function newlyNamed(more: readonly Excluded[], named: readonly Excluded[]): readonly Excluded[] {
  return more.filter(({ name, architecture, why }) =>
    named.every((each) => each.name !== name || each.architecture !== architecture || each.why !== why),
  );
}

async function describe(
  task: PlanTask,
  workspace: AptWorkspace,
  candidates: Candidates,
  exact: ExactChanges,
  excluded: readonly Excluded[],
): Promise<Transaction> {
  const { changes } = exact;
  const replaced = changes.flatMap((change) => {
    const now = change.to === null ? undefined : candidates.installed.find(change.name, change.architecture);
    return now === undefined ? [] : [now];
  });
  const [conffileConflicts, consequences, rollback] = await Promise.all([
    changedConffiles(task.host, replaced),
    foresee(task.host, changes),
    rollbackSources(task.host, workspace, changes, exact.records),
  ]);
  return {
    format: 1,
    platform: 'apt',
    changes: [...changes],
    downloadBytes: changes.reduce((sum, change) => sum + change.downloadBytes, 0),
    installedDeltaBytes: exact.installedDeltaKib * 1024,
    conffileConflicts,
    ...consequences,
    excluded: [...excluded],
    rollbackGaps: rollback.gaps,
    indexes: repositoryIndexes(candidates.indexes),
    ...(task.content === undefined ? {} : { content: { snapshotId: task.content.source.snapshotId } }),
  };
}
