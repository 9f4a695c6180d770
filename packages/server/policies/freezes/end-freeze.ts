import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Actor } from '../../access/index.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import { publishPolicies } from '../publish.ts';

/** Rollouts go on, also when it had not begun yet. @throws HttpProblem 404; 409 `freeze-over` */
export async function endFreeze(
  context: ServerContext,
  { organisationId, name: actor }: Actor,
  id: string,
): Promise<void> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ reason: string; over: boolean }>`
      select reason, ended_at is not null or coalesce(ends_at <= ${now}::timestamptz, false) as over from policy_freeze
      where id = ${id} and organisation_id = ${organisationId} for update`.execute(within);
    const [freeze] = rows;
    if (freeze === undefined) throw new HttpProblem(404, 'unknown-freeze', { detail: 'There is no such freeze.' });
    if (freeze.over) throw new HttpProblem(409, 'freeze-over', { detail: 'This freeze is over already.' });
    await sql`update policy_freeze set ended_at = ${now}, ended_by = ${actor} where id = ${id}`.execute(within);
    await publishPolicies(context, organisationId, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'freeze-ended',
        actor,
        summary: `${actor} ended a freeze (${freeze.reason})`,
        detail: { freezeId: id },
      },
    ]);
  });
}
