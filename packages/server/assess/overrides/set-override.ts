import type { ExplainedPriority, OverrideRequest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { explainedPriority } from '../explain/explain.ts';
import { markSummaries } from '../verdicts/note-changes.ts';

interface Operator {
  readonly organisationId: string;
  readonly name: string;
}

/** Puts an organisation's judgement in the place of what is computed; one before it ends. @throws HttpProblem 422 */
export async function setOverride(
  context: Pick<ServerContext, 'database' | 'clock'>,
  operator: Operator,
  vulnerability: string,
  { severity, decision, score, reason }: OverrideRequest,
): Promise<ExplainedPriority> {
  if (severity === undefined && decision === undefined && score === undefined)
    throw new HttpProblem(422, 'nothing-to-override', { detail: 'Give a severity, a decision or a score.' });
  const now = context.clock();
  return context.database.kysely.transaction().execute(async (within) => {
    await end(within, operator, vulnerability, now);
    await sql`insert into vulnerability_override (organisation_id, vulnerability, severity, decision, score, reason,
        created_by, created_at)
      values (${operator.organisationId}, ${vulnerability}, ${severity ?? null}, ${decision ?? null}, ${score ?? null},
        ${reason}, ${operator.name}, ${now})`.execute(within);
    await markSummaries(within, now, operator.organisationId);
    const set = { ...(severity === undefined ? {} : { severity }), ...(decision === undefined ? {} : { decision }) };
    await appendEvidence(within, [
      {
        organisationId: operator.organisationId,
        at: now,
        kind: 'override-set',
        actor: operator.name,
        summary: `${operator.name} overrode the priority of ${vulnerability}: ${reason}`,
        // Evidence holds no fractions, so that every reader computes the same digest.
        detail: { vulnerability, ...set, ...(score === undefined ? {} : { score: String(score) }), reason },
      },
    ]);
    return explainedPriority(within, operator.organisationId, vulnerability, now);
  });
}

/** What was computed counts again. @throws HttpProblem 404 */
export async function endOverride(
  context: Pick<ServerContext, 'database' | 'clock'>,
  operator: Operator,
  vulnerability: string,
): Promise<void> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    if (!(await end(within, operator, vulnerability, now)))
      throw new HttpProblem(404, 'no-override', { detail: `Nothing is overridden of ${vulnerability}.` });
    await markSummaries(within, now, operator.organisationId);
    await appendEvidence(within, [
      {
        organisationId: operator.organisationId,
        at: now,
        kind: 'override-ended',
        actor: operator.name,
        summary: `${operator.name} ended the override of ${vulnerability}`,
        detail: { vulnerability },
      },
    ]);
  });
}

async function end(within: Kysely<Tables>, operator: Operator, vulnerability: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update vulnerability_override set ended_at = ${now}, ended_by = ${operator.name}
    where organisation_id = ${operator.organisationId} and vulnerability = ${vulnerability} and ended_at is null
    returning 1`.execute(within);
  return rows.length > 0;
}
