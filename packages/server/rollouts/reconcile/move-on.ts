import type { ServerContext } from '../../context.ts';
import { prepareRollout } from '../start/prepare-rollout.ts';
import type { RolloutMemory } from './memory.ts';
import { openBlocks } from './open-blocks.ts';
import { reconcileRollout } from './reconcile-rollout.ts';

/** So many rings can be empty one after the other; the next pass goes on where this one stops. */
const STEPS_LIMIT = 20;

/** Whatever a rollout waits for here: its snapshot, its next plan, a recall that was decided. */
export async function moveOn(context: ServerContext, memory: RolloutMemory, rolloutId: string): Promise<void> {
  await prepareRollout(context, rolloutId);
  // A gate that is passed opens the next ring, whose members are asked; what comes after needs endpoints.
  for (let step = 0; step < STEPS_LIMIT; step += 1) if (!(await reconcileRollout(context, memory, rolloutId))) break;
  await openBlocks(context, rolloutId);
}
