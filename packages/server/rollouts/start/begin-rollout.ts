import type { Policy } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { createRolloutRun } from '../../deploy/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishDecision } from '../publish.ts';

/** Its content is there: it gets its run, in which nobody takes part before its ring opens. The rollout is locked, or new. */
export async function beginRollout(
  within: Kysely<Tables>,
  context: ServerContext,
  rollout: {
    readonly id: string;
    readonly organisationId: string;
    readonly name: string;
    readonly actor: string;
    readonly snapshotId: string | null;
  },
  policy: Policy,
): Promise<string> {
  const { id: rolloutId, organisationId, name, actor, snapshotId } = rollout;
  const state = policy.approvals.required > 0 ? 'awaiting-approval' : 'running';
  await sql`update rollout set state = ${state}, explanation = 'its first plan is being made',
      snapshot_id = ${snapshotId}, look_at = ${context.clock()} where id = ${rolloutId}`.execute(within);
  // Each endpoint is asked for what it lacks; the run's own selection is for none of them.
  const selection = { kind: 'security' } as const;
  const { restartServices } = policy.deploy;
  const run = { organisationId, rolloutId, name, selection, snapshotId, restartServices, actor };
  const runId = await createRolloutRun(within, context, run);
  await publishDecision(context, { id: rolloutId, organisation_id: organisationId }, within);
  return runId;
}
