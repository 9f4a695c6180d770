import type { RunTarget } from '@thimble/protocol';
import type { ReceivedProgress } from '../api/live.ts';
import { isActive } from '../states/run-states.ts';

/** The target with what came live since the run was fetched. Progress never decides a state: it only shows the way. */
export function liveTarget(target: RunTarget, received: ReceivedProgress | undefined, fetchedAtMs: number): RunTarget {
  if (received === undefined || received.receivedAtMs < fetchedAtMs || !isActive(target.state)) return target;
  const { stage, percent, message } = received.progress;
  return { ...target, stage, percent, message };
}
