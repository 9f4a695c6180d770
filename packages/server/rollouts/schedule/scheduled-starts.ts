import type { CalendarCache } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { policiesInForce, type StandingPolicy } from '../../policies/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { startRollout } from '../start/start-rollout.ts';
import { type DueStart, dueStarts } from './due-starts.ts';

/** Starts what policies' calendars say, each occurrence once, whichever server is first. */
export async function startScheduled(
  context: ServerContext,
  calendar: CalendarCache,
  organisationId: string,
): Promise<void> {
  const { kysely } = context.database;
  for (const standing of await policiesInForce(kysely, organisationId)) {
    const { every } = standing.policy.start;
    if (every === null) continue;
    const sinceMs = await decidedUntil(kysely, standing);
    const range = { sinceMs, nowMs: context.clock().getTime() };
    for (const due of dueStarts(calendar, every, context.settings.timeZone, range))
      await decideStart(context, organisationId, standing, due);
  }
}

/** The last start that was decided, or when this version was written: what its calendar said before concerns nobody. */
async function decidedUntil(within: Kysely<Tables>, { id, version }: StandingPolicy): Promise<number> {
  const { rows } = await sql<{ at: Date }>`
    select greatest(v.created_at, (select max(occurs_at) from policy_start where policy_id = v.policy_id)) as at
    from policy_version v where v.policy_id = ${id} and v.version = ${version}`.execute(within);
  return rows[0]?.at.getTime() ?? Number.MAX_SAFE_INTEGER;
}

async function decideStart(
  context: ServerContext,
  organisationId: string,
  { id: policyId, policy }: StandingPolicy,
  { occursMs, skipped }: DueStart,
): Promise<void> {
  const now = context.clock();
  const occursAt = new Date(occursMs);
  await context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql`
      insert into policy_start (policy_id, organisation_id, occurs_at, decided_at, summary)
      values (${policyId}, ${organisationId}, ${occursAt}, ${now}, '') on conflict do nothing returning 1`.execute(
      within,
    );
    if (rows.length === 0) return;
    const words = `start of ${policy.name} at ${occursAt.toISOString()}`;
    const outcome =
      skipped === null
        ? await tryToStart(within, context, { organisationId, policyId, startedBy: `policy ${policy.name}` })
        : { rolloutId: null, summary: `skipped: ${skipped}` };
    await sql`update policy_start set rollout_id = ${outcome.rolloutId}, summary = ${outcome.summary}
      where policy_id = ${policyId} and occurs_at = ${occursAt}`.execute(within);
    if (outcome.rolloutId !== null) return;
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'rollout-decided',
        actor: `policy ${policy.name}`,
        summary: `${words}: ${outcome.summary}`,
        detail: { policyId, occursAt: occursAt.toISOString() },
      },
    ]);
  });
}

/** What refuses a start (nothing to do, one that is still under way) says so before it has written anything. */
async function tryToStart(
  within: Kysely<Tables>,
  context: ServerContext,
  request: { readonly organisationId: string; readonly policyId: string; readonly startedBy: string },
): Promise<{ readonly rolloutId: string | null; readonly summary: string }> {
  try {
    const rolloutId = await startRollout(within, context, { ...request, startedFor: 'schedule' });
    return { rolloutId, summary: 'started' };
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    return { rolloutId: null, summary: `not started: ${error.details.detail ?? error.code}` };
  }
}
