import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

const MINUTE_MS = 60_000;
/** Of an endpoint whose fleet has no history: a large update on a slow disk. */
const UNKNOWN_MS = 30 * MINUTE_MS;
/** What an endpoint has installed since long ago says little about how long it takes now. */
const LAST_INSTALLATIONS = 10;
/** A clock that was set meanwhile makes nonsense of a duration; the slowest upgrade that was seen took three hours. */
const LONGEST_MS = 6 * 60 * MINUTE_MS;
/** Checks after an installation and the way of its order take so long at least. */
const SHORTEST_MS = MINUTE_MS;

/**
 * How long an installation takes at most, for each endpoint: the 95th percentile of its own last ones; without any, twice the fleet's
 * median; without that, half an hour. Integer milliseconds.
 */
export async function expectedDurations(
  within: Kysely<Tables>,
  organisationId: string,
  endpointIds: readonly string[],
): Promise<(endpointId: string) => number> {
  const { rows } = await sql<{ endpoint_id: string; p95: number; median: number }>`
    with taken as (
      select o.endpoint_id,
        extract(epoch from (o.outcome->>'endedAt')::timestamptz - (o.outcome->>'startedAt')::timestamptz) * 1000 as ms,
        row_number() over (partition by o.endpoint_id order by o.generation desc) as age
      from endpoint_order o
      where o.organisation_id = ${organisationId} and o.kind = 'apply' and o.result->>'kind' = 'applied'
        and o.endpoint_id = any(${[...endpointIds]}::uuid[])),
    usual as (select * from taken where age <= ${LAST_INSTALLATIONS} and ms >= 0 and ms <= ${LONGEST_MS})
    select endpoint_id, percentile_cont(0.95) within group (order by ms) as p95,
      (select percentile_cont(0.5) within group (order by ms) from usual) as median
    from usual group by endpoint_id`.execute(within);
  const own = new Map(rows.map((row) => [row.endpoint_id, bounded(row.p95)]));
  const [first] = rows;
  const fleet = first === undefined ? UNKNOWN_MS : bounded(first.median * 2);
  return (endpointId) => own.get(endpointId) ?? fleet;
}

function bounded(ms: number): number {
  return Math.round(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms)));
}
