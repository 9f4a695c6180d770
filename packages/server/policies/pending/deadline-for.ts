import { type Policy, type UpdateDeadline, deadlineOf } from '@thimble/rollouts';
import type { PendingUpdate } from './pending-updates.ts';

/** By when an update has to be installed: from the first fix of what it closes, because a newer version gives nobody more time. */
export function deadlineFor(deadlines: Policy['deadlines'], update: PendingUpdate): UpdateDeadline {
  return deadlineOf(deadlines, { ...update, publishedMs: update.fixedSinceMs });
}
