import { matchesUpdate, policyOf, selects } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { endpointTraits, pendingUpdates, policiesInForce, type StandingPolicy } from '../../policies/index.ts';
import type { Tables } from '../../storage/index.ts';
import { startRollout } from '../start/start-rollout.ts';

/**
 * Starts rollouts for what policies call urgent, as soon as it is pending somewhere. A fix that a rollout of the policy has or had already
 * starts none, whatever became of it: it was halted or failed for a reason, and what is left comes with the calendar's next.
 * While a rollout of the policy is under way, the next one waits for its end.
 */
export async function startUrgent(context: ServerContext, organisationId: string): Promise<void> {
  const { kysely } = context.database;
  const policies = await policiesInForce(kysely, organisationId);
  for (const standing of policies) {
    if (standing.policy.start.urgent === null || (await isActive(kysely, standing.id))) continue;
    if (!(await hasNews(context, organisationId, standing, policies))) continue;
    try {
      await kysely.transaction().execute((within) =>
        startRollout(within, context, {
          organisationId,
          policyId: standing.id,
          startedBy: `policy ${standing.policy.name}`,
          startedFor: 'urgent',
        }),
      );
    } catch (error) {
      // Another server was quicker, or what was pending is not any more.
      if (!(error instanceof HttpProblem)) throw error;
      context.log.info({ policyId: standing.id, code: error.code }, 'an urgent rollout was not started');
    }
  }
}

async function isActive(within: Kysely<Tables>, policyId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from rollout where policy_id = ${policyId} and ended_at is null`.execute(within);
  return rows.length > 0;
}

async function hasNews(
  context: ServerContext,
  organisationId: string,
  { id: policyId, policy }: StandingPolicy,
  policies: readonly StandingPolicy[],
): Promise<boolean> {
  const { urgent } = policy.start;
  if (urgent === null) return false;
  const { kysely } = context.database;
  const now = context.clock();
  const fleet = await endpointTraits(kysely, organisationId, null, context.settings.timeZone);
  const followers = fleet.filter(({ traits }) => policyOf(traits, policies).policy?.id === policyId);
  const { lists } = await pendingUpdates(
    kysely,
    organisationId,
    followers.map(({ id }) => id),
    now,
  );
  const wanted = new Set<string>();
  for (const list of lists.values())
    for (const update of list)
      if (matchesUpdate(urgent, update, now.getTime()) && selects(policy, update, now.getTime()).taken)
        wanted.add(`${update.source} ${update.sourceVersion}`);
  if (wanted.size === 0) return false;
  const { rows } = await sql<{ key: string }>`
    select distinct p.name || ' ' || p.version as key from rollout o join rollout_patch p on p.rollout_id = o.id
    where o.policy_id = ${policyId} and p.name || ' ' || p.version = any(${[...wanted]}::text[])`.execute(kysely);
  return rows.length < wanted.size;
}
