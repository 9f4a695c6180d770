import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { type Reach, endpointReachCondition } from '../../access/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { Fleet } from './fleet.ts';
import { type Stretch, type TimedException, createOpenSteps } from './open-steps.ts';

export const CURVE_DAYS = 90;
const DAY_MS = 86_400_000;

/** How heavy each vulnerability is for the organisation: with its overrides. */
export interface Weight {
  readonly severity: string;
  readonly score: number;
  readonly exploited: boolean;
}

export interface CurvePoint {
  readonly at: string;
  readonly critical: number;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
  readonly unknown: number;
  readonly exploited: number;
  readonly risk: number;
}

/** Endpoints that were alike for the same time: as `Group`, from one point of the curve to before another. */
export interface Period {
  readonly manifestId: number;
  readonly running: string | null;
  readonly installed: string | null;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** The ends of the last 90 days, UTC, the last one being now. */
export function curveMoments(now: Date): readonly Date[] {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  return Array.from({ length: CURVE_DAYS }, (_, index) =>
    index === CURVE_DAYS - 1 ? now : new Date(today - (CURVE_DAYS - 2 - index) * DAY_MS),
  );
}

/** Which lists were in use at the curve's moments, with the kernels of that time. */
export async function readPeriods(
  within: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  moments: readonly Date[],
): Promise<readonly Period[]> {
  const [first = new Date(0)] = moments;
  const times = moments.map((moment) => moment.toISOString());
  const { rows } = await sql<{
    manifest_id: number;
    running: string | null;
    installed: string | null;
    from: number;
    to: number;
    count: number;
  }>`
    with period as (
      select em.manifest_id, k.running, k.installed,
        greatest(em.valid_from, coalesce(k.valid_from, em.valid_from)) as from_at,
        least(coalesce(em.valid_to, 'infinity'), coalesce(k.valid_to, 'infinity')) as to_at
      from endpoint_manifest em
      left join endpoint_kernel k on k.endpoint_id = em.endpoint_id
        and k.valid_from < coalesce(em.valid_to, 'infinity') and coalesce(k.valid_to, 'infinity') > em.valid_from
      where em.organisation_id = ${organisationId} and coalesce(em.valid_to, 'infinity') > ${first}::timestamptz
        and ${endpointReachCondition(reach, sql`em.endpoint_id`)}),
    moment as (select ${times}::timestamptz[] as list)
    select manifest_id, running, installed,
      width_bucket(from_at - interval '1 microsecond', list) as from,
      case when to_at = 'infinity' then cardinality(list) else width_bucket(to_at - interval '1 microsecond', list) end as to,
      count(*) as count
    from period, moment group by 1, 2, 3, 4, 5`.execute(within);
  return rows.flatMap(({ manifest_id: manifestId, ...row }) => (row.from < row.to ? [{ manifestId, ...row }] : []));
}

/**
 * What was open at each moment, from the intervals of lists, kernels and verdicts alone: one count for each vulnerability
 * on each endpoint. Risks that were accepted for the whole organisation are left out while they were.
 */
export function riskCurve(
  fleet: Fleet,
  periods: readonly Period[],
  moments: readonly Date[],
  weights: ReadonlyMap<string, Weight>,
  accepted: readonly TimedException[],
): { readonly points: readonly CurvePoint[]; readonly exploitedExposureDays: number } {
  const length = moments.length;
  const heavy = fleet.vulnerabilities.map((name) => {
    const weight = weights.get(name);
    const curve = CURVES.indexOf((weight?.severity ?? 'unknown') as (typeof CURVES)[number]);
    return { curve: curve < 0 ? UNKNOWN : curve, score: weight?.score ?? 0, exploited: weight?.exploited === true };
  });
  const curves = CURVES.map(() => new Float64Array(length));
  const wide = accepted.filter(({ endpoint_id: endpoint }) => endpoint === null);
  const openSteps = createOpenSteps(
    fleet,
    moments.map((moment) => moment.getTime()),
    Map.groupBy(wide, ({ vulnerability }) => vulnerability),
  );
  const alike = Map.groupBy(periods, ({ manifestId, running, installed }) => `${manifestId} ${running} ${installed}`);
  for (const members of alike.values()) {
    const [group] = members;
    if (group === undefined) continue;
    const counts = countsAt(members, length);
    const steps = CURVES.map(() => new Float64Array(length + 1));
    const step = (curve: number, { from, to }: Stretch, value: number): void => {
      const own = steps[curve];
      if (own === undefined) return;
      own[from] = (own[from] ?? 0) + value;
      own[to] = (own[to] ?? 0) - value;
    };
    openSteps(group, (stretch) => {
      const weight = heavy[stretch.place];
      if (weight === undefined) return;
      step(weight.curve, stretch, 1);
      step(RISK, stretch, weight.score);
      if (!weight.exploited) return;
      step(EXPLOITED, stretch, 1);
      if (stretch.fixable) step(EXPOSED, stretch, 1);
    });
    curves.forEach((curve, place) => addSums(curve, steps[place], counts, place === EXPOSED));
  }
  const at = (name: (typeof CURVES)[number], index: number): number => curves[CURVES.indexOf(name)]?.[index] ?? 0;
  const points = moments.map((moment, index) => ({
    at: moment.toISOString(),
    critical: at('critical', index),
    high: at('high', index),
    medium: at('medium', index),
    low: at('low', index),
    unknown: at('unknown', index),
    exploited: at('exploited', index),
    risk: Math.round(at('risk', index) * 10) / 10,
  }));
  return { points, exploitedExposureDays: [...(curves[EXPOSED] ?? [])].reduce((sum, count) => sum + count, 0) };
}

const CURVES = ['critical', 'high', 'medium', 'low', 'none', 'unknown', 'exploited', 'risk', 'exposed'] as const;
const UNKNOWN = CURVES.indexOf('unknown');
const EXPLOITED = CURVES.indexOf('exploited');
const RISK = CURVES.indexOf('risk');
/** Endpoints with anything that is exploited and could be repaired: each counts once. */
const EXPOSED = CURVES.indexOf('exposed');

function addSums(curve: Float64Array, steps: Float64Array | undefined, counts: Float64Array, once: boolean): void {
  let sum = 0;
  for (let index = 0; index < curve.length; index += 1) {
    sum += steps?.[index] ?? 0;
    curve[index] = (curve[index] ?? 0) + (once ? Math.min(1, Math.round(sum)) : sum) * (counts[index] ?? 0);
  }
}

function countsAt(periods: readonly Period[], length: number): Float64Array {
  const steps = new Float64Array(length + 1);
  for (const { from, to, count } of periods) {
    steps[from] = (steps[from] ?? 0) + count;
    steps[to] = (steps[to] ?? 0) - count;
  }
  const counts = new Float64Array(length);
  let sum = 0;
  for (let index = 0; index < length; index += 1) {
    sum += steps[index] ?? 0;
    counts[index] = sum;
  }
  return counts;
}
