import type { RelayHello, RelayWelcome } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { blockedFiles } from '../blocks/blocked-files.ts';
import { readRemoved } from '../serving/removed-endpoints.ts';
import { countable } from '../savings/countable.ts';
import { publishContent } from '../publish.ts';
import { relayAddress } from './relay-address.ts';
import { ONLINE_MS } from './relay-list.ts';
import type { RelayIdentity } from './relay-token.ts';

/** A relay that was without its server for longer than this counts the rest as of now. */
const USAGE_AGE_MS = 60 * 24 * 3_600_000;

/**
 * Answers a relay's hello: what it reports counts exactly once (a report has a number, and the relay's row has the newest that
 * counted), and it gets all that it needs to go on alone.
 *
 * @throws HttpProblem 401 when it was removed meanwhile; 422 `bad-relay-address`
 */
export async function answerHello(
  context: ServerContext,
  relay: RelayIdentity,
  hello: RelayHello,
): Promise<RelayWelcome> {
  const now = context.clock();
  const url = relayAddress(hello.url);
  const { organisationId } = relay;
  return context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ sequence: number; last_seen_at: Date | null }>`
      select sequence, last_seen_at from content_relay where id = ${relay.id} and removed_at is null for no key update`.execute(
      within,
    );
    const [row] = rows;
    if (row === undefined) throw new HttpProblem(401, 'unknown-relay', { detail: 'This relay was removed.' });
    const isNew = hello.sequence > row.sequence;
    if (isNew && hello.usage.length > 0) await addUsage(within, relay, hello.usage, now);
    const sequence = isNew ? hello.sequence : row.sequence;
    await sql`
      update content_relay set url = ${url}, certificate_sha256 = ${hello.certificateSha256},
        version = ${hello.version}, last_seen_at = ${now}, sequence = ${sequence}, cache_bytes = ${hello.cacheBytes},
        cache_limit_bytes = ${hello.cacheLimitBytes}, object_count = ${hello.objectCount}, free_bytes = ${hello.freeBytes}
      where id = ${relay.id}`.execute(within);
    const seenMs = row.last_seen_at?.getTime() ?? 0;
    if (now.getTime() - seenMs > ONLINE_MS) await publishContent(context, organisationId, 'relays', within);
    return {
      relayId: relay.id,
      name: relay.name,
      organisationIds: [organisationId],
      ticketKeys: [...context.orderKeys.known.ticketKeys],
      blocked: [...(await blockedFiles(within, organisationId))],
      removedEndpoints: [...(await readRemoved(within, now, organisationId))],
      open: context.settings.contentAccess === 'open',
      acknowledgedSequence: sequence,
      serverTime: now.toISOString(),
    };
  });
}

/** What is not of the relay's organisation is left out; a revision that is not known any more counts without one. */
async function addUsage(
  within: Kysely<Tables>,
  { id, organisationId }: RelayIdentity,
  usage: RelayHello['usage'],
  now: Date,
): Promise<void> {
  const oldest = new Date(now.getTime() - USAGE_AGE_MS);
  await sql`
    insert into content_usage (organisation_id, hour, repository_id, revision_id, relay_id, site, requests, hits,
      served_bytes, fetched_bytes)
    select ${organisationId}::uuid, case when u.hour between ${oldest}::timestamptz and ${now}::timestamptz
        then date_trunc('hour', u.hour, 'UTC') else date_trunc('hour', ${now}::timestamptz, 'UTC') end as hour,
      v.repository_id, v.id, ${id}::uuid, coalesce(u.site, ''), ${countable(sql`sum(u.requests)`)},
      ${countable(sql`sum(u.hits)`)}, ${countable(sql`sum(u."servedBytes")`)}, ${countable(sql`sum(u."fetchedBytes")`)}
    from jsonb_to_recordset(${JSON.stringify(usage)}::jsonb) as u (hour timestamptz, "organisationId" uuid, site text,
      "revisionId" uuid, requests bigint, hits bigint, "servedBytes" bigint, "fetchedBytes" bigint)
    left join content_revision v on v.id = u."revisionId" and v.organisation_id = ${organisationId}
    where u."organisationId" = ${organisationId} group by 2, 3, 4, 6
    on conflict (organisation_id, hour, repository_id, revision_id, snapshot_id, relay_id, site) do update set
      requests = ${countable(sql`content_usage.requests + excluded.requests`)},
      hits = ${countable(sql`content_usage.hits + excluded.hits`)},
      served_bytes = ${countable(sql`content_usage.served_bytes + excluded.served_bytes`)},
      fetched_bytes = ${countable(sql`content_usage.fetched_bytes + excluded.fetched_bytes`)}`.execute(within);
}
