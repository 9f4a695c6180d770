import type { OrderKeyStatus } from '@thimble/protocol';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { asSystem, type Tables } from '../storage/index.ts';
import { newestList } from './newest-list.ts';

const MOST_KEYS = 100;
const MOST_NAMED = 100;

/** @param organisationId whose endpoints are counted; null: those of all organisations */
export async function orderKeyStatus(context: ServerContext, organisationId: string | null): Promise<OrderKeyStatus> {
  const { kysely } = context.database;
  // The keys are the server's; whose endpoints are counted is said in the condition.
  return asSystem(async () => {
    const { sequence } = await newestList(kysely);
    const whose = organisationId === null ? sql`true` : sql`e.organisation_id = ${organisationId}`;
    return {
      sequence,
      keys: await readKeys(kysely, context.defaultOrganisationId),
      endpoints: await countEndpoints(kysely, sequence, whose),
      notFollowing: await nameOthers(kysely, sequence, whose),
    };
  });
}

async function readKeys(within: Kysely<Tables>, organisationId: string): Promise<OrderKeyStatus['keys']> {
  const { rows } = await sql<{ keyid: string; made_at: Date; made_by: string; replaced_at: Date | null; state: State }>`
    select keyid, made_at, made_by, replaced_at,
      case when revoked then 'revoked' when retired_at is not null then 'retired'
        when replaced_at is not null then 'counts' else 'signs' end as state
    from order_key where organisation_id = ${organisationId}
    order by made_at desc, replaced_at desc nulls first limit ${MOST_KEYS}`.execute(within);
  return rows.map(({ keyid, state, made_at: madeAt, made_by: madeBy, replaced_at: replacedAt }) => ({
    keyid,
    state,
    madeAt: madeAt.toISOString(),
    madeBy,
    replacedAt: replacedAt?.toISOString() ?? null,
  }));
}

type State = OrderKeyStatus['keys'][number]['state'];

/** An endpoint, what it says it has, and our own list of that number. */
const ENDPOINTS = sql`endpoint e
  left join endpoint_trust t on t.endpoint_id = e.id and t.organisation_id = e.organisation_id
  left join order_key_list l on l.sequence = (t.held->>'orderKeysSequence')::bigint`;
const HEARD = sql`(t.held->>'orderKeysSequence')::bigint`;
const IS_OURS = sql`(l.sequence is not null
  and coalesce(t.held->>'orderKeyid' = l.keys->0->>'keyid', true))`;

async function countEndpoints(
  within: Kysely<Tables>,
  sequence: number,
  whose: RawBuilder<unknown>,
): Promise<OrderKeyStatus['endpoints']> {
  const { rows } = await sql<OrderKeyStatus['endpoints']>`
    select count(*) filter (where ${IS_OURS} and ${HEARD} = ${sequence}) as following,
      count(*) filter (where ${IS_OURS} and ${HEARD} < ${sequence}) as behind,
      count(*) filter (where ${HEARD} is not null and not ${IS_OURS}) as astray,
      count(*) filter (where ${HEARD} is null) as unheard
    from ${ENDPOINTS} where e.removed_at is null and ${whose}`.execute(within);
  return rows[0] ?? { following: 0, behind: 0, astray: 0, unheard: 0 };
}

async function nameOthers(
  within: Kysely<Tables>,
  sequence: number,
  whose: RawBuilder<unknown>,
): Promise<OrderKeyStatus['notFollowing']> {
  const { rows } = await sql<OrderKeyStatus['notFollowing'][number]>`
    select e.id as "endpointId", e.hostname, ${HEARD} as sequence from ${ENDPOINTS}
    where e.removed_at is null and ${whose} and not (${IS_OURS} and ${HEARD} is not distinct from ${sequence})
    order by e.hostname, e.id limit ${MOST_NAMED}`.execute(within);
  return [...rows];
}
