import type { Plan } from '@thimble/rollouts';
import type { Kysely } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { withdrawTargets } from '../../deploy/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishProgress } from '../publish.ts';
import { type NewRolloutEvent, recordEvents } from '../record-event.ts';
import type { RolloutRow } from '../rows.ts';
import { heedFailures } from '../shared-failures/heed-failures.ts';

/**
 * What failed elsewhere while earlier rings were watched is heard of before a ring opens, when it still helps. One that is halted for it is
 * on record with its end, and nothing of the plan may be done.
 *
 * @returns what is to be recorded, or, where it halts, was
 */
export async function heedAtOpening(
  within: Kysely<Tables>,
  context: ServerContext,
  rollout: RolloutRow & { readonly run_id: string },
  { actions }: Plan,
): Promise<readonly NewRolloutEvent[]> {
  if (rollout.halted_at !== null || !actions.some(({ kind }) => kind === 'open-ring')) return [];
  const { id, organisation_id: organisationId, name, run_id: runId } = rollout;
  const heeded = await heedFailures(within, within, context.clock(), { id, organisationId, name });
  if (!heeded.some(({ kind }) => kind === 'halted')) return heeded;
  await withdrawTargets(within, context, { id: runId, organisation_id: organisationId });
  await publishProgress(context, rollout, within);
  await recordEvents(within, context, rollout, heeded);
  return heeded;
}
