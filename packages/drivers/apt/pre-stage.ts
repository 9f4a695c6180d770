import type { OutcomeResult } from '@thimble/protocol';
import type { PreStageResult, PreStageTask } from '../driver.ts';
import { HostError } from '../host.ts';
import { blockedChange } from './blocks.ts';
import { rememberStaged } from './download.ts';
import { readInstalled, type Installed } from './installed.ts';
import { orderFolder } from './order-folder.ts';
import { prepareApply, type Prepared } from './prepare-apply.ts';
import { refused } from './results.ts';
import { prepareWorkspace, type AptWorkspace } from './workspace.ts';

/** All that an installation does before its point of no return, ahead of its window: it then fetches nothing. */
export function preStage(task: PreStageTask, settings: { readonly lockWaitMs: number }): Promise<PreStageResult> {
  return whileStaged(task, settings, async () => ({ kind: 'pre-staged' }));
}

/** What an installation would begin with. */
export interface Staged {
  readonly prepared: Prepared;
  readonly workspace: AptWorkspace;
  readonly installed: Installed;
}

/** Prepares an installation and does something with it instead of installing; its files stay for the one that comes. */
export async function whileStaged<T>(
  task: PreStageTask,
  settings: { readonly lockWaitMs: number },
  act: (staged: Staged) => Promise<T>,
): Promise<T | Extract<OutcomeResult, { kind: 'refused' | 'cancelled' }>> {
  const { host, transaction } = task;
  if (!host.privileged) return refused({ code: 'not-privileged', message: 'the agent does not run as root here' });
  const blocked = blockedChange(transaction.changes, task.blocks);
  if (blocked !== null) return refused(blocked);
  const workspace = await prepareWorkspace(host, task.workspace);
  const folder = orderFolder(workspace, task.orderId);
  try {
    await host.makeDirectory(folder.directory, { mode: 0o755 });
    const installed = await readInstalled(host);
    const prepared = await prepareApply({ ...task, undoes: null }, workspace, folder, installed, settings.lockWaitMs);
    if (prepared.kind !== 'prepared') return prepared;
    await rememberStaged(task, workspace, folder, prepared.kept);
    return await act({ prepared, workspace, installed });
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'disk-full') throw error;
    return refused({ code: 'disk-full', message: error.message });
  } finally {
    // Its files are among the archives now; the order that installs them has a folder of its own.
    await host.remove(folder.directory);
  }
}
