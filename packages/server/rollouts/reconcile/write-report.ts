import type { RolloutState } from '@thimble/protocol';
import type { PlanReport } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { RolloutRow } from '../rows.ts';
import { timestamp } from '../timestamp.ts';

/** Misses of deadlines are shown, not archived: the worst are enough. */
const MISSES_KEPT = 100;

export interface WrittenReport {
  /** Undefined: it ended, and how is written already. */
  readonly state: RolloutState | undefined;
  readonly report: PlanReport;
  readonly ringWords: readonly string[];
  readonly lookAt: Date;
}

/**
 * What a plan says of the rollout and its rings, beside the plan.
 *
 * @returns whether anything that people see is another than before
 */
export async function writeReport(
  within: Kysely<Tables>,
  rollout: RolloutRow,
  { state: given, report, ringWords, lookAt }: WrittenReport,
): Promise<boolean> {
  const rings = report.rings.map(({ state, opensMs, endsMs, passesMs }, number) => ({
    number,
    state,
    explanation: ringWords[number] ?? '',
    opensAt: timestamp(opensMs),
    endsAt: timestamp(endsMs),
    passesAt: timestamp(passesMs),
  }));
  const changed = await sql`
    update rollout_ring g set state = r.state, explanation = r.explanation, opens_at = r."opensAt", ends_at = r."endsAt",
      passes_at = r."passesAt"
    from jsonb_to_recordset(${JSON.stringify(rings)}::jsonb) as r (number integer, state text, explanation text,
      "opensAt" timestamptz, "endsAt" timestamptz, "passesAt" timestamptz)
    where g.rollout_id = ${rollout.id} and g.number = r.number
      and (g.state, g.explanation, g.opens_at, g.ends_at, g.passes_at)
        is distinct from (r.state, r.explanation, r."opensAt", r."endsAt", r."passesAt") returning 1`.execute(within);
  const misses = JSON.stringify(report.misses.slice(0, MISSES_KEPT));
  const { explanation } = report;
  const endsAt = timestamp(report.endsMs);
  const state = given === undefined ? sql`state` : sql`${given}::text`;
  const shown = await sql`
    update rollout set explanation = ${explanation}, predicted_ends_at = ${endsAt}, misses = ${misses}::jsonb, state = ${state}
    where id = ${rollout.id} and (explanation, predicted_ends_at, misses, state)
      is distinct from (${explanation}::text, ${endsAt}::timestamptz, ${misses}::jsonb, ${state}) returning 1`.execute(
    within,
  );
  await sql`update rollout set look_at = ${lookAt} where id = ${rollout.id}`.execute(within);
  return changed.rows.length + shown.rows.length > 0;
}
