import type { Finding } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { withdrawTargets } from '../../deploy/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishProgress } from '../publish.ts';
import { recordEvents } from '../record-event.ts';
import type { RolloutRow } from '../rows.ts';

/** A plan that breaks an invariant is our own bug: nothing of it is done, and nothing more begins before a person has looked. */
const LINT = 'plan linter';
/** There is nothing new to see before somebody has decided. */
const AGAIN_MS = 60_000;
const NAMED = 3;

export async function refusePlan(
  within: Kysely<Tables>,
  context: ServerContext,
  rollout: RolloutRow & { readonly run_id: string },
  violations: readonly Finding[],
): Promise<void> {
  const now = context.clock();
  context.log.error({ rolloutId: rollout.id, violations: violations.slice(0, 20) }, 'a plan was refused by its linter');
  const first = violations.slice(0, NAMED).map(({ rule, message }) => `${rule}: ${message}`);
  const why = `its plan breaks ${violations.length === 1 ? 'a rule' : `${violations.length} rules`}: ${first.join(' · ')}`;
  const { rows } = await sql`
    update rollout set halted_at = ${now}, halted_by = ${LINT}, halted_why = ${why.slice(0, 4000)}
    where id = ${rollout.id} and halted_at is null returning 1`.execute(within);
  await sql`update rollout set state = 'halted', explanation = ${`halted: ${why}`.slice(0, 4000)},
      look_at = ${new Date(now.getTime() + AGAIN_MS)} where id = ${rollout.id}`.execute(within);
  if (rows.length === 0) return;
  await withdrawTargets(within, context, { id: rollout.run_id, organisation_id: rollout.organisation_id });
  await publishProgress(context, rollout, within);
  await recordEvents(within, context, rollout, [
    { actor: LINT, kind: 'halted', ring: null, summary: `halted: ${why}`.slice(0, 4000) },
  ]);
}
