import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { type ActiveException, excepts } from '../exceptions/active.ts';
import { softwareOf } from './count-open.ts';
import type { Fleet } from './fleet.ts';

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
      where em.organisation_id = ${organisationId} and coalesce(em.valid_to, 'infinity') > ${first}::timestamptz),
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
  accepted: readonly (ActiveException & { readonly fromMs: number; readonly toMs: number })[],
): { readonly points: readonly CurvePoint[]; readonly exploitedExposureDays: number } {
  const length = moments.length;
  const times = moments.map((moment) => moment.getTime());
  const curves = new Map(
    ['critical', 'high', 'medium', 'low', 'unknown', 'exploited', 'risk', 'exposure'].map((name) => [
      name,
      new Float64Array(length),
    ]),
  );
  const exceptions = Map.groupBy(
    accepted.filter(({ endpoint_id: endpoint }) => endpoint === null),
    ({ vulnerability }) => vulnerability,
  );
  const alike = Map.groupBy(periods, ({ manifestId, running, installed }) => `${manifestId} ${running} ${installed}`);
  for (const members of alike.values()) {
    const [group] = members;
    if (group === undefined) continue;
    const counts = countsAt(members, length);
    const open = openAt(fleet, group, times, exceptions);
    for (const [place, { days, fixable }] of open) {
      const weight = weights.get(fleet.vulnerabilities[place] ?? '');
      const severity = curves.get(weight?.severity ?? 'unknown') ?? curves.get('unknown');
      for (let index = 0; index < length; index += 1) {
        const count = counts[index] ?? 0;
        if (days[index] !== 1 || count === 0) continue;
        add(severity, index, count);
        add(curves.get('risk'), index, count * (weight?.score ?? 0));
        if (weight?.exploited === true) add(curves.get('exploited'), index, count);
        if (weight?.exploited === true && fixable) open.exposed[index] = 1;
      }
    }
    for (let index = 0; index < length; index += 1)
      if (open.exposed[index] === 1) add(curves.get('exposure'), index, counts[index] ?? 0);
  }
  const at = (name: string, index: number): number => curves.get(name)?.[index] ?? 0;
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
  return { points, exploitedExposureDays: [...(curves.get('exposure') ?? [])].reduce((sum, count) => sum + count, 0) };
}

function add(curve: Float64Array | undefined, index: number, count: number): void {
  if (curve !== undefined) curve[index] = (curve[index] ?? 0) + count;
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

interface OpenDays {
  /** 1 at the moments at which it was open. */
  readonly days: Uint8Array;
  fixable: boolean;
}

type Open = Map<number, OpenDays> & { readonly exposed: Uint8Array };

function openAt(
  fleet: Fleet,
  group: Period,
  times: readonly number[],
  exceptions: ReadonlyMap<string, readonly (ActiveException & { readonly fromMs: number; readonly toMs: number })[]>,
): Open {
  const open: Open = Object.assign(new Map<number, OpenDays>(), { exposed: new Uint8Array(times.length) });
  for (const { software } of softwareOf(fleet, group))
    software.vulnerabilities.forEach((place, index) => {
      const entry = open.get(place) ?? { days: new Uint8Array(times.length), fixable: false };
      open.set(place, entry);
      if (software.fixStates[index] === 'fixed') entry.fixable = true;
      const set = exceptions.get(fleet.vulnerabilities[place] ?? '')?.filter((each) => excepts(each, software, null));
      const from = software.fromMs[index] ?? 0;
      const to = software.toMs[index] ?? Infinity;
      for (let moment = firstNotBefore(times, from); moment < times.length; moment += 1) {
        const time = times[moment] ?? 0;
        if (time >= to) break;
        if (set?.some(({ fromMs, toMs }) => fromMs <= time && time < toMs) !== true) entry.days[moment] = 1;
      }
    });
  return open;
}

function firstNotBefore(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
