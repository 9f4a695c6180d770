import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { countInWords } from '../words.ts';
import { decide, notApplicable, type Operator, ringNamed } from './decide.ts';

/** Recalls what failed endpoints installed, for the whole fleet; done right after by whoever moves the rollout on. @throws HttpProblem 404, 409 */
export async function blockFailed(
  context: ServerContext,
  operator: Operator,
  rolloutId: string,
  { ring: name, reason }: { readonly ring?: string | undefined; readonly reason: string },
): Promise<void> {
  await decide(context, operator, rolloutId, async (within, rollout) => {
    const only = name === undefined ? null : (await ringNamed(within, rolloutId, name)).number;
    const { rows } = await sql<{ ring: number; ids: string[] }>`
      select ring, array_agg(endpoint_id order by endpoint_id) as ids from rollout_member
      where rollout_id = ${rolloutId} and outcome = 'failed' and (${only}::integer is null or ring = ${only})
      group by ring`.execute(within);
    if (rows.length === 0) throw notApplicable('No endpoint has failed there, so there is nothing to recall.');
    for (const { ring, ids } of rows) {
      const wanted = { endpointIds: ids, actor: operator.name, reason };
      await sql`update rollout_ring set block = ${JSON.stringify(wanted)}::jsonb, blocked_at = null
        where rollout_id = ${rolloutId} and number = ${ring}`.execute(within);
    }
    const count = rows.reduce((sum, { ids }) => sum + ids.length, 0);
    const summary = `${operator.name} recalls what ${countInWords(count, 'failed endpoint')} of ${rollout.name} installed: ${reason}`;
    return { kind: 'block', ring: only, summary };
  });
}
