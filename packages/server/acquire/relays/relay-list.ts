import type { RelaySummary } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { countable } from '../savings/countable.ts';

/** A relay says hello once a minute; after three that are missing it does not count on. */
export const ONLINE_MS = 200_000;
const RELAYS_SHOWN = 1000;

interface Row extends Omit<RelaySummary, 'createdAt' | 'lastSeenAt' | 'online'> {
  readonly created_at: Date;
  readonly last_seen_at: Date | null;
}

/** An organisation's relays by name, with what they did. @param id only this one */
export async function relaySummaries(
  within: Kysely<Tables>,
  organisationId: string,
  now: Date,
  id: string | null = null,
): Promise<RelaySummary[]> {
  const { rows } = await sql<Row>`
    select r.id, r.name, r.site, r.networks, r.url, r.version, r.created_at, r.last_seen_at, r.cache_bytes as "cacheBytes",
      r.cache_limit_bytes as "cacheLimitBytes", r.object_count as "objectCount", r.free_bytes as "freeBytes",
      ${countable(sql`coalesce(u.requests, 0)`)} as requests, ${countable(sql`coalesce(u.hits, 0)`)} as hits,
      ${countable(sql`coalesce(u.served_bytes, 0)`)} as "servedBytes", ${countable(sql`coalesce(u.fetched_bytes, 0)`)} as "fetchedBytes"
    from content_relay r
    left join (select relay_id, sum(requests) as requests, sum(hits) as hits, sum(served_bytes) as served_bytes,
        sum(fetched_bytes) as fetched_bytes
      from content_usage where organisation_id = ${organisationId} and relay_id is not null group by relay_id) u
      on u.relay_id = r.id
    where r.organisation_id = ${organisationId} and r.removed_at is null and (${id}::uuid is null or r.id = ${id})
    order by r.name, r.id limit ${RELAYS_SHOWN}`.execute(within);
  return rows.map(({ created_at: createdAt, last_seen_at: seen, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    lastSeenAt: seen?.toISOString() ?? null,
    online: seen !== null && now.getTime() - seen.getTime() <= ONLINE_MS,
  }));
}
