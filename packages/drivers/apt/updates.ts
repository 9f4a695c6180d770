import type { Gap, Updates } from '@thimble/protocol';
import type { Task } from '../driver.ts';
import { readCandidates, repositoryIndexes } from './candidates.ts';
import { expiredIndexes, withoutSecurity } from './index-gaps.ts';
import { refresh } from './refresh.ts';
import { prepareWorkspace } from './workspace.ts';

/** What this endpoint could take now. What could not be found out is in `gaps`; then the list is not complete. */
export async function updates(task: Task, options: { readonly refresh: boolean }): Promise<Updates> {
  const gaps: Gap[] = [];
  let workspace = await prepareWorkspace(task.host, task.workspace);
  if (options.refresh) {
    task.progress({ stage: 'refreshing', percent: null, message: 'fetching the package indexes' });
    const refreshed = await refresh(task.host, workspace, task.signal);
    if (refreshed.ok) {
      workspace = refreshed.workspace;
      gaps.push(...refreshed.gaps);
    } else {
      gaps.push({ what: 'package indexes', why: `${refreshed.error.code}: ${refreshed.error.message}` });
    }
  }
  const result = await readCandidates(task.host, workspace, { conffiles: false, signal: task.signal });
  if (!result.ok) {
    gaps.push({ what: 'updates', why: `${result.error.code}: ${result.error.message}` });
    return { format: 1, indexes: [], updates: [], gaps };
  }
  const { candidates } = result;
  if (candidates.indexes.length === 0)
    gaps.push({ what: 'package indexes', why: 'none was fetched on this endpoint yet' });
  gaps.push(...expiredIndexes(candidates.indexes, Date.now()), ...withoutSecurity(candidates.indexes));
  return {
    format: 1,
    indexes: repositoryIndexes(candidates.indexes),
    updates: [...candidates.updates],
    gaps: [...gaps, ...candidates.gaps].slice(0, 100),
  };
}
