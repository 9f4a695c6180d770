import type { Savings, SavingsQuery } from '@thimble/protocol';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { countable } from './countable.ts';

const DAYS_USUAL = 30;
const DAY_MS = 24 * 3_600_000;
const ROWS_LIMIT = 1000;

interface Totals {
  readonly upstream: number;
  readonly served: number;
  readonly relayed: number;
  readonly requests: number;
  readonly hits: number;
}

/**
 * What crossed the Internet link, and what endpoints got. By snapshot, a revision that several snapshots have counts for each of them.
 * By relay and by site, `upstreamBytes` is what the relay got from its server: the link that it saves.
 */
export async function savings(
  within: Kysely<Tables>,
  organisationId: string,
  now: Date,
  { by = 'time', days = DAYS_USUAL }: SavingsQuery,
): Promise<Savings> {
  const since = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - (days - 1) * DAY_MS);
  const own = sql`u.organisation_id = ${organisationId} and u.hour >= ${since}`;
  const { rows } = await sql<Totals>`
    select ${countable(sql`coalesce(sum(upstream_bytes), 0)`)} as upstream, ${countable(sql`coalesce(sum(served_bytes), 0)`)} as served,
      ${countable(sql`coalesce(sum(served_bytes) filter (where relay_id is not null), 0)`)} as relayed,
      ${countable(sql`coalesce(sum(requests), 0)`)} as requests, ${countable(sql`coalesce(sum(hits), 0)`)} as hits
    from content_usage u where ${own}`.execute(within);
  const total = rows[0] ?? { upstream: 0, served: 0, relayed: 0, requests: 0, hits: 0 };
  const items = await sql<Savings['items'][number]>`${GROUPED[by](own, organisationId)} limit ${ROWS_LIMIT}`.execute(
    within,
  );
  return {
    upstreamBytes: total.upstream,
    servedBytes: total.served,
    relayedBytes: total.relayed,
    requests: total.requests,
    hits: total.hits,
    items: items.rows,
  };
}

type Grouped = (own: RawBuilder<unknown>, organisationId: string) => RawBuilder<unknown>;

const SUMS = sql`${countable(sql`sum(u.served_bytes)`)} as "servedBytes", ${countable(sql`sum(u.requests)`)} as requests, ${countable(sql`sum(u.hits)`)} as hits`;
const UPSTREAM = sql`${countable(sql`sum(u.upstream_bytes)`)} as "upstreamBytes"`;
const FETCHED = sql`${countable(sql`sum(u.upstream_bytes) + sum(u.fetched_bytes)`)} as "upstreamBytes"`;

const GROUPED: Readonly<Record<NonNullable<SavingsQuery['by']>, Grouped>> = {
  time: (own) => sql`
    select to_char(u.hour at time zone 'UTC', 'YYYY-MM-DD') as key, to_char(u.hour at time zone 'UTC', 'YYYY-MM-DD') as label,
      ${UPSTREAM}, ${SUMS} from content_usage u where ${own} group by 1, 2 order by 1`,
  snapshot: (own, organisationId) => sql`
    select s.id as key, s.name as label, ${UPSTREAM}, ${SUMS} from content_usage u
      join content_snapshot_revision m on m.revision_id = u.revision_id
      join content_snapshot s on s.id = m.snapshot_id and s.organisation_id = ${organisationId}
      where ${own} group by s.id, s.name, s.created_at order by s.created_at desc`,
  repository: (own) => sql`
    select r.id as key, r.name as label, ${UPSTREAM}, ${SUMS} from content_usage u
      join content_repository r on r.id = u.repository_id
      where ${own} group by r.id, r.name order by sum(u.served_bytes) desc, r.name`,
  relay: (own) => sql`
    select r.id as key, r.name as label, ${FETCHED}, ${SUMS} from content_usage u
      join content_relay r on r.id = u.relay_id
      where ${own} group by r.id, r.name order by sum(u.served_bytes) desc, r.name`,
  site: (own) => sql`
    select u.site as key, case u.site when '' then 'not stated' else u.site end as label, ${FETCHED}, ${SUMS}
      from content_usage u where ${own} and (u.requests > 0 or u.fetched_bytes > 0) group by u.site
      order by sum(u.served_bytes) desc, u.site`,
};
