import type { RolloutMember, RolloutMemberList, RolloutMemberQuery, TargetState } from '@thimble/protocol';
import type { Slot, Wait } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { readCursor, writeCursor } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { timestamp } from '../timestamp.ts';

interface MemberRow {
  readonly endpoint_id: string;
  readonly hostname: string;
  readonly ring_name: string;
  readonly ring_opens_at: Date | null;
  readonly state: TargetState | null;
  readonly outcome: RolloutMember['outcome'];
  readonly explanation: string;
  readonly wait: Wait | null;
  readonly slot: Slot | null;
  readonly deadline: Date | null;
  readonly trial: { readonly kind: string; readonly verdict?: 'passed' | 'failed' | 'impossible' } | null;
  readonly trial_open: boolean | null;
  readonly generation: number;
  readonly hold_by: string | null;
  readonly hold_why: string | null;
  readonly hold_until: Date | null;
}

const LIMIT_DEFAULT = 200;

/** A page of members by host name; ties go by id, so pages never overlap. The rollout is known to be the organisation's. */
export async function listMembers(
  within: Kysely<Tables>,
  rolloutId: string,
  query: RolloutMemberQuery,
): Promise<RolloutMemberList> {
  const limit = query.limit ?? LIMIT_DEFAULT;
  const cursor = readCursor(query.cursor);
  const found = sql`m.rollout_id = ${rolloutId}
    and (${query.ring ?? null}::text is null or g.name = ${query.ring ?? null})
    and (${query.outcome ?? null}::text is null or m.outcome = ${query.outcome ?? null})
    and (${query.search ?? null}::text is null or strpos(lower(e.hostname), lower(${query.search ?? ''})) > 0)`;
  const after =
    cursor === undefined
      ? sql`true`
      : sql`(e.hostname collate "C", e.id) > (${cursor.key}::text collate "C", ${cursor.id}::uuid)`;
  const rows = await membersWhere(within, sql`${found} and ${after}`, limit + 1);
  const counted = await sql<{ total: number }>`
    select count(*) as total from rollout_member m
    join rollout_ring g on g.rollout_id = m.rollout_id and g.number = m.ring
    join endpoint e on e.id = m.endpoint_id where ${found}`.execute(within);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items,
    total: counted.rows[0]?.total ?? 0,
    nextCursor: more ? writeCursor({ key: last.hostname, id: last.endpointId }) : null,
  };
}

/** @param where a condition on `m` (rollout_member), `g` (rollout_ring) and `e` (endpoint) */
export async function membersWhere(
  within: Kysely<Tables>,
  where: ReturnType<typeof sql>,
  limit: number,
): Promise<RolloutMember[]> {
  const { rows } = await sql<MemberRow>`
    select m.endpoint_id, e.hostname, g.name as ring_name, g.opens_at as ring_opens_at, t.state, m.outcome,
      m.explanation, m.wait, m.slot, s.deadline, trial.result as trial, trial.open as trial_open, m.generation,
      m.hold_by, m.hold_why, m.hold_until
    from rollout_member m
    join rollout_ring g on g.rollout_id = m.rollout_id and g.number = m.ring
    join endpoint e on e.id = m.endpoint_id
    left join rollout_patch_set s on s.rollout_id = m.rollout_id and s.number = m.patch_set
    left join run r on r.rollout_id = m.rollout_id
    left join run_target t on t.run_id = r.id and t.endpoint_id = m.endpoint_id
    left join lateral (
      select o.result, o.outcome_at is null and o.closed_at is null as open from endpoint_order o
      where o.run_id = r.id and o.endpoint_id = m.endpoint_id and o.kind = 'trial'
      order by o.generation desc limit 1) trial on true
    where ${where} order by e.hostname collate "C", e.id limit ${limit}`.execute(within);
  return rows.map(memberOf);
}

function memberOf(row: MemberRow): RolloutMember {
  const { wait, slot } = row;
  return {
    endpointId: row.endpoint_id,
    hostname: row.hostname,
    ring: row.ring_name,
    state: row.state,
    outcome: row.outcome,
    explanation: row.explanation,
    wait: wait?.kind ?? null,
    // What it waits for its ring for is the same for all of the ring, and stands there.
    waitsUntil: wait?.kind === 'ring' ? (row.ring_opens_at?.toISOString() ?? null) : timestamp(wait?.untilMs ?? null),
    slot:
      slot === null
        ? null
        : {
            startsAt: new Date(slot.startMs).toISOString(),
            startBefore: new Date(slot.startBeforeMs).toISOString(),
            window: slot.window?.name ?? null,
          },
    deadline: row.deadline?.toISOString() ?? null,
    trial: trialOf(row),
    generation: row.generation,
    hold:
      row.hold_by === null
        ? null
        : { by: row.hold_by, reason: row.hold_why ?? '', until: row.hold_until?.toISOString() ?? null },
  };
}

/** One that ended without a verdict was none. */
function trialOf({ trial, trial_open: open }: MemberRow): RolloutMember['trial'] {
  if (open === null) return null;
  return open ? 'under-way' : (trial?.verdict ?? 'impossible');
}
