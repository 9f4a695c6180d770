import type { RingState, RolloutRing } from '@thimble/protocol';
import type { Policy } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { type ProbeRow, readApprovals, readProbes, readRings } from '../rows.ts';
import { countMembers, totalOf } from './counts.ts';

const HOUR_MS = 3_600_000;
/** As the protocol's contract: a timeline is drawn from it, not computed from. */
const SLOTS_SHOWN = 200;

export async function ringsOf(
  within: Kysely<Tables>,
  rolloutId: string,
  policy: Policy,
): Promise<readonly RolloutRing[]> {
  const rows = await readRings(within, rolloutId);
  const approvals = await readApprovals(within, rolloutId);
  const probes = await readProbes(within, rolloutId);
  const slots = await slotsOf(within, rolloutId);
  const countsOf = await countMembers(within, [rolloutId]);
  return rows.map((row): RolloutRing => {
    const rule = policy.rings[row.number];
    const counts = countsOf(rolloutId, row.number);
    return {
      name: row.name,
      state: row.state as RingState,
      explanation: row.explanation,
      memberCount: totalOf(counts),
      counts,
      openedAt: timestamp(row.opened_at),
      predictedOpensAt: timestamp(row.opens_at),
      predictedEndsAt: timestamp(row.ends_at),
      predictedPassesAt: timestamp(row.passes_at),
      passedAt: timestamp(row.passed_at),
      skippedBy: row.skipped_by,
      soakSeconds: Math.round((rule?.soakMs ?? 0) / 1000),
      approvals: {
        required: rule?.gate.approvals ?? 0,
        by: approvals.filter(({ ring }) => ring === row.number).map(({ person }) => person),
      },
      probes: (rule?.gate.probes ?? []).map((probe) =>
        probeOf(
          probe,
          probes.find(({ ring, name }) => ring === row.number && name === probe.name),
        ),
      ),
      slots: slots.filter(({ ring }) => ring === row.number).map(({ ring: _ring, ...slot }) => slot),
    };
  });
}

type Probe = Policy['rings'][number]['gate']['probes'][number];

function probeOf({ name, query, atMost, atLeast }: Probe, answer: ProbeRow | undefined): RolloutRing['probes'][number] {
  const value = answer?.value ?? null;
  const bounds = [
    ...(atMost === null ? [] : [`at most ${atMost}`]),
    ...(atLeast === null ? [] : [`at least ${atLeast}`]),
  ];
  return {
    name,
    query,
    bound: bounds.join(', '),
    value,
    passed: value !== null && (atMost === null || value <= atMost) && (atLeast === null || value >= atLeast),
    message: answer?.message ?? 'not asked yet',
    at: timestamp(answer?.at ?? null),
  };
}

interface SlotRow {
  readonly ring: number;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly window: string | null;
  readonly count: number;
}

/** Planned installations by ring, window and hour. */
async function slotsOf(within: Kysely<Tables>, rolloutId: string): Promise<readonly SlotRow[]> {
  const { rows } = await sql<{ ring: number; window: string | null; start_ms: number; end_ms: number; count: number }>`
    select ring, "window", start_ms, end_ms, count from (
      select ring, slot->'window'->>'name' as "window", min((slot->>'startMs')::float8)::bigint as start_ms,
        max((slot->>'startMs')::float8 + expected_ms)::bigint as end_ms, count(*) as count,
        row_number() over (partition by ring order by min((slot->>'startMs')::float8)) as place
      from rollout_member where rollout_id = ${rolloutId} and slot is not null
      group by ring, 2, slot->'window'->>'startMs', floor((slot->>'startMs')::float8 / ${HOUR_MS})) s
    where place <= ${SLOTS_SHOWN} order by ring, start_ms`.execute(within);
  return rows.map((row) => ({
    ring: row.ring,
    startsAt: new Date(row.start_ms).toISOString(),
    endsAt: new Date(row.end_ms).toISOString(),
    window: row.window,
    count: row.count,
  }));
}

function timestamp(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
