import type { Task } from '@thimble/drivers';
import { ServerFailure } from '../connection/server-failure.ts';
import type { AgentContext } from '../context.ts';
import { checkIn } from '../documents/check-in.ts';
import type { Documents } from '../documents/documents.ts';

/** Everything anew, with fresh indexes, and reported. A server that is away gets it with the next check-in. */
export async function scan(context: AgentContext, documents: Documents, task: Task): Promise<void> {
  task.progress({ stage: 'refreshing', percent: null, message: 'reading what is installed' });
  await documents.collect({ force: true });
  task.progress({ stage: 'refreshing', percent: null, message: 'fetching the repositories’ indexes' });
  await documents.collectUpdates(task, { refresh: true });
  if (task.signal.aborted) return;
  try {
    await checkIn(context, documents, { collect: false, signal: task.signal });
  } catch (error) {
    if (!(error instanceof ServerFailure)) throw error;
    context.log.warn(`the scan is reported later: ${error.message}`);
  }
}
