import type { EvidenceList } from '@thimble/protocol';
import { fillPlan, planConsistency, rootOf, type Tree, verifyConsistency } from '@thimble/transparency';
import type { ServerContext } from '../../context.ts';
import { type KeptCheckpoint, openKept } from '../checkpoints/read-checkpoint.ts';
import { logKeyOf } from '../log/log-key.ts';
import { readNodes } from '../log/read-nodes.ts';

export interface CheckpointCheck {
  /** The tree goes on from the newest checkpoint; true as well while there is none. */
  readonly holds: boolean;
  readonly newest: EvidenceList['chain']['checkpoint'];
}

/** Holds a tree that was computed from the records against what this server signed last. */
export async function checkCheckpoint(
  context: ServerContext,
  organisationId: string,
  kept: KeptCheckpoint | undefined,
  tree: Tree,
): Promise<CheckpointCheck> {
  if (kept === undefined) return { holds: true, newest: null };
  const newest = { size: kept.size, signedAt: kept.signedAt.toISOString() };
  const signed = openKept(kept, await logKeyOf(context, organisationId));
  if (signed === undefined || signed.size > tree.size) return { holds: false, newest };
  const plan = planConsistency(signed.size, tree.size);
  const hashAt = await readNodes(context.database.kysely, organisationId, plan.flat());
  const head = { size: tree.size, root: rootOf(tree) };
  return { holds: hashAt !== undefined && verifyConsistency(signed, head, fillPlan(plan, hashAt)), newest };
}
