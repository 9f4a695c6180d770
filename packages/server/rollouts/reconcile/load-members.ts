import { isSilent, type MemberFacts, type MemberProgress, type RunFacts } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { FreezeOf } from './freezes-of.ts';
import type { RolloutMemory } from './memory.ts';

interface MemberRow {
  readonly endpoint_id: string;
  readonly hostname: string;
  readonly ring: number;
  readonly patch_set: number;
  readonly time_zone: string;
  readonly budget_groups: readonly (readonly string[])[];
  readonly expected_ms: number;
  readonly generation: number;
  readonly hold_by: string | null;
  readonly hold_why: string | null;
  readonly hold_until_ms: number | null;
  readonly rebooted_at_ms: number | null;
  readonly last_seen_ms: number | null;
  readonly removed: boolean;
  readonly quarantine_reason: string | null;
}

export interface LoadMembers {
  readonly rolloutId: string;
  readonly run: RunFacts;
  readonly progress: ReadonlyMap<string, { readonly progress: MemberProgress; readonly busyWith: string | null }>;
  readonly freezeOf: FreezeOf;
  readonly nowMs: number;
}

/** By endpoint id. A member of which nothing changed since the last time is the very same object, which is what re-planning saves on. */
export async function loadMembers(
  within: Kysely<Tables>,
  memory: RolloutMemory,
  { rolloutId, run, progress, freezeOf, nowMs }: LoadMembers,
): Promise<readonly MemberFacts[]> {
  const { rows } = await sql<MemberRow>`
    select m.endpoint_id, e.hostname, m.ring, m.patch_set, m.time_zone, m.budget_groups, m.expected_ms, m.generation,
      m.hold_by, m.hold_why, (extract(epoch from m.hold_until) * 1000)::bigint as hold_until_ms,
      (extract(epoch from m.rebooted_at) * 1000)::bigint as rebooted_at_ms,
      (extract(epoch from h.last_seen_at) * 1000)::bigint as last_seen_ms, e.removed_at is not null as removed,
      e.quarantine_reason
    from rollout_member m
    join endpoint e on e.id = m.endpoint_id
    left join heartbeat h on h.endpoint_id = m.endpoint_id
    where m.rollout_id = ${rolloutId} order by m.endpoint_id`.execute(within);
  return rows.map((row): MemberFacts => {
    const quarantined = row.quarantine_reason;
    // What it says there is not believed, so for budgets and gates it is not there.
    const online = !row.removed && quarantined === null && !isSilent(row.last_seen_ms, run.checkInIntervalMs, nowMs);
    const known = progress.get(row.endpoint_id);
    return memory.same({
      endpointId: row.endpoint_id,
      hostname: row.hostname,
      ring: row.ring,
      progress: known?.progress ?? notAsked(row.removed),
      online,
      // Of those that answer it changes all the time and says nothing.
      lastSeenMs: online ? null : row.last_seen_ms,
      timeZone: row.time_zone,
      budgetGroups: memory.groupsOf(row.budget_groups),
      patchSet: row.patch_set,
      expectedMs: row.expected_ms,
      busyWith: known?.busyWith ?? null,
      ...(quarantined === null ? {} : { quarantined }),
      hold: holdOf(row, nowMs) ?? freezeOf(row.endpoint_id),
      generation: row.generation,
      rebootedAtMs: row.rebooted_at_ms,
    });
  });
}

const NOT_ASKED: MemberProgress = { kind: 'not-asked' };
const REMOVED: MemberProgress = { kind: 'left-out', why: 'the endpoint was removed' };

function notAsked(removed: boolean): MemberProgress {
  return removed ? REMOVED : NOT_ASKED;
}

function holdOf(row: MemberRow, nowMs: number): MemberFacts['hold'] {
  const { hold_by: by, hold_why: why, hold_until_ms: untilMs } = row;
  if (by === null || (untilMs !== null && untilMs <= nowMs)) return null;
  return { why: `held by ${by}: ${why ?? ''}`, untilMs };
}
