import type { OrderKind } from '@thimble/protocol';
import { isPastNoReturn, type OrderFacts } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import type { NewEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { publishRun } from './advance.ts';
import { stopOrder } from './stop-order.ts';

/** An order that was under way with a version that was recalled just now. */
export interface RecalledOrder {
  readonly orderId: string;
  readonly endpointId: string;
  readonly hostname: string;
  readonly kind: OrderKind;
  /** `withdrawn`: never fetched. `asked`: to stop before its point of no return. `too-late`: it said that it is past it. */
  readonly ending: 'withdrawn' | 'asked' | 'too-late';
}

/**
 * Holds all plans and orders of an organisation against its blocks as they are now. Plans are marked, so nobody approves them; orders
 * that newly have a blocked version are stopped. The caller holds the blocks' lock exclusively (lockBlocks), so no plan and no order
 * comes in meanwhile.
 *
 * @returns what was under way, and the records of what was stopped
 */
export async function recallOrders(
  within: Kysely<Tables>,
  context: ServerContext,
  { organisationId, actor, because }: { organisationId: string; actor: string; because: string },
): Promise<{ readonly recalled: readonly RecalledOrder[]; readonly evidence: readonly NewEvidence[] }> {
  const changed = await changedPlans(within, organisationId);
  if (changed.length === 0) return { recalled: [], evidence: [] };
  const keys = JSON.stringify(changed);
  const plans = sql`jsonb_to_recordset(${keys}::jsonb) as c (run_id uuid, endpoint_id uuid, digest text, words text[])`;
  // Targets before orders, as everywhere. Whoever is moved on by the reconciler says afterwards what it waits for.
  await sql`select 1 from run_target t where (t.run_id, t.endpoint_id) in (select c.run_id, c.endpoint_id from ${plans})
    order by t.run_id, t.endpoint_id for update`.execute(within);
  await sql`update run_target t set under_way = true
    where (t.run_id, t.endpoint_id) in (select c.run_id, c.endpoint_id from ${plans})`.execute(within);
  // An approval does not outlive the recall of what was approved: when that is lifted, a person decides again.
  await sql`update run_target t set approved_digest = null
    where (t.run_id, t.endpoint_id, t.approved_digest) in (
      select c.run_id, c.endpoint_id, c.digest from ${plans} where c.words <> '{}')`.execute(within);
  await sql`update endpoint_order o set blocked = c.words from ${plans}
    where o.run_id = c.run_id and o.endpoint_id = c.endpoint_id and o.transaction_digest = c.digest
      and o.kind = 'plan'`.execute(within);
  const { rows } = await sql<OpenRow>`
    update endpoint_order o set blocked = c.words from endpoint e, ${plans}
    where o.run_id = c.run_id and o.endpoint_id = c.endpoint_id and o.transaction_digest = c.digest
      and o.kind in ('apply', 'pre-stage', 'trial') and o.outcome_at is null and o.closed_at is null and e.id = o.endpoint_id
    returning o.id, o.run_id, o.endpoint_id, e.hostname, o.kind, o.delivered_at, o.progress, o.blocked`.execute(within);
  const recalled: RecalledOrder[] = [];
  const evidence: NewEvidence[] = [];
  for (const row of rows.filter(({ blocked }) => blocked.length > 0)) {
    const ending = row.delivered_at === null ? 'withdrawn' : isPastNoReturn(row) ? 'too-late' : 'asked';
    const { id: orderId, run_id: runId, endpoint_id: endpointId, hostname, kind } = row;
    recalled.push({ orderId, endpointId, hostname, kind, ending });
    if (ending !== 'too-late')
      evidence.push(
        ...(await stopOrder(within, context, { organisationId, runId, endpointId, orderId, actor, because })),
      );
  }
  for (const id of new Set(changed.map(({ run_id: runId }) => runId)))
    await publishRun(context, { id, organisation_id: organisationId }, within);
  return { recalled, evidence };
}

interface OpenRow {
  readonly id: string;
  readonly run_id: string;
  readonly endpoint_id: string;
  readonly hostname: string;
  readonly kind: OrderKind;
  readonly delivered_at: Date | null;
  readonly progress: OrderFacts['progress'];
  readonly blocked: readonly string[];
}

/** Plans of runs that are not over whose recalled versions are others than before. What is over is history. */
async function changedPlans(
  within: Kysely<Tables>,
  organisationId: string,
): Promise<readonly { run_id: string; endpoint_id: string; digest: string; words: string[] }[]> {
  const { rows } = await sql<{ run_id: string; endpoint_id: string; digest: string; words: string[] }>`
    select run_id, endpoint_id, digest, words from (
      select o.run_id, o.endpoint_id, o.transaction_digest as digest, o.blocked,
        content_blocked(o.organisation_id, o.outcome->'result'->'transaction'->'changes') as words
      from endpoint_order o
      join run r on r.id = o.run_id and r.state in ('planning', 'awaiting-approval', 'running')
      where o.organisation_id = ${organisationId} and o.kind = 'plan' and o.result->>'kind' = 'planned') held
    where words <> blocked`.execute(within);
  return rows;
}
