import { sql } from 'kysely';
import { createBlock } from '../../acquire/index.ts';
import type { ServerContext } from '../../context.ts';
import { recallOrders } from '../../deploy/index.ts';
import { HttpProblem } from '../../http/index.ts';
import { recordEvents } from '../record-event.ts';
import { readRollout } from '../rows.ts';

/** A transaction that failed may have hundreds of packages of a few sources. */
const BLOCKS_AT_ONCE = 100;

interface Wanted {
  readonly endpointIds: readonly string[];
  readonly actor: string;
  readonly reason: string;
}

/**
 * Recalls what failed endpoints of a ring installed, where a plan or a person decided so. Each recall is a transaction of its own; one that
 * is there already is enough, so a killed server does the rest the next time.
 */
export async function openBlocks(context: ServerContext, rolloutId: string): Promise<void> {
  const { kysely } = context.database;
  const { rows } = await sql<{ number: number; name: string; block: Wanted }>`
    select number, name, block from rollout_ring
    where rollout_id = ${rolloutId} and block is not null and blocked_at is null`.execute(kysely);
  for (const { number, name: ring, block } of rows) {
    const rollout = await readRollout(kysely, rolloutId, 'none');
    if (rollout === undefined || rollout.run_id === null) return;
    const operator = { organisationId: rollout.organisation_id, name: block.actor };
    const installed = await installedBy(context, rollout.run_id, block.endpointIds);
    const refusals: string[] = [];
    for (const { name, version } of installed)
      try {
        await createBlock(context, operator, { name, version, reason: block.reason }, recallOrders);
      } catch (error) {
        if (!(error instanceof HttpProblem)) throw error;
        if (error.code !== 'already-blocked')
          refusals.push(`${name} ${version}: ${error.details.detail ?? error.code}`);
      }
    const names = installed.map(({ name, version }) => `${name} ${version}`).join(', ');
    await kysely.transaction().execute(async (within) => {
      const done = await sql`update rollout_ring set blocked_at = ${context.clock()}
        where rollout_id = ${rolloutId} and number = ${number} and blocked_at is null returning 1`.execute(within);
      if (done.rows.length === 0) return;
      const words = `recalled what failed endpoints of ring ${ring} installed: ${names || 'nothing is known'}`;
      const summary = [words, ...refusals].join('; ').slice(0, 4000);
      await recordEvents(within, context, rollout, [{ actor: block.actor, kind: 'blocked', ring: number, summary }]);
    });
  }
}

/** By the newest plans that were applied there. */
async function installedBy(
  { database }: ServerContext,
  runId: string,
  endpointIds: readonly string[],
): Promise<readonly { readonly name: string; readonly version: string }[]> {
  const { rows } = await sql<{ name: string; version: string }>`
    select distinct c.name, c."to" as version from (
      select distinct on (o.endpoint_id) o.endpoint_id, o.transaction_digest from endpoint_order o
      where o.run_id = ${runId} and o.endpoint_id = any(${[...endpointIds]}::uuid[]) and o.kind in ('apply', 'trial')
      order by o.endpoint_id, o.generation desc) failed
    join endpoint_order p on p.run_id = ${runId} and p.endpoint_id = failed.endpoint_id and p.kind = 'plan'
      and p.transaction_digest = failed.transaction_digest and p.result->>'kind' = 'planned'
    cross join lateral jsonb_to_recordset(p.outcome->'result'->'transaction'->'changes') as c (name text, "to" text)
    where c."to" is not null order by 1, 2 limit ${BLOCKS_AT_ONCE}`.execute(database.kysely);
  return rows;
}
