import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { appendEvidence } from '../../report/index.ts';
import { publishEndpoint } from '../documents/adopt.ts';

interface Operator {
  readonly organisationId: string;
  readonly name: string;
}

/**
 * Lets waiting endpoints in, or refuses them. What is refused is gone: it may enrol again, if it still has a way.
 *
 * @returns how many of them waited.
 */
export async function decideAdmission(
  context: ServerContext,
  { organisationId, name: actor }: Operator,
  endpoints: readonly string[],
  decision: 'admitted' | 'refused',
): Promise<number> {
  const now = context.clock();
  return context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ id: string; hostname: string; keyid: string; machine: string }>`
      update endpoint set admission = ${decision}, admitted_by = ${actor},
        removed_at = case when ${decision === 'refused'} then ${now}::timestamptz end
      where id = any(${[...endpoints]}::uuid[]) and organisation_id = ${organisationId}
        and admission = 'waiting' and removed_at is null
      returning id, hostname, keyid, machine`.execute(within);
    for (const { id: endpointId } of rows) {
      // Without this row no request of it is accepted any more, on no replica.
      if (decision === 'refused') await sql`delete from heartbeat where endpoint_id = ${endpointId}`.execute(within);
      await publishEndpoint(context, { organisationId, endpointId }, within);
      // Ends its held request, which then learns what was decided.
      await context.events.publish({ organisationId, topic: 'orders', key: endpointId }, within);
    }
    await appendEvidence(
      within,
      rows.map(({ id: endpointId, hostname, keyid, machine }) => ({
        organisationId,
        at: now,
        kind: decision === 'admitted' ? ('endpoint-admitted' as const) : ('endpoint-refused' as const),
        actor,
        endpointId,
        summary: `${actor} ${decision === 'admitted' ? 'let' : 'refused'} ${hostname}${decision === 'admitted' ? ' in' : ''}`,
        detail: { hostname, keyid, machine },
      })),
    );
    return rows.length;
  });
}
