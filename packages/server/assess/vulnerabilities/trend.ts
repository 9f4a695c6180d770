import type { VulnerabilityDetail } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type Reach, endpointReachCondition } from '../../access/index.ts';
import type { Tables } from '../../storage/index.ts';
import { readLists } from '../findings/affected-endpoints.ts';
import { curveMoments } from '../summaries/risk-curve.ts';

/** Endpoints within reach that had a vulnerability at the end of each of the last days, from the intervals of lists and verdicts. */
export async function vulnerabilityTrend(
  within: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  vulnerability: string,
  now: Date,
): Promise<VulnerabilityDetail['trend']> {
  const moments = curveMoments(now);
  const { rows: verdicts } = await sql<{ software_id: number; from_ms: number; to_ms: number | null }>`
    select software_id, (extract(epoch from valid_from) * 1000)::float8 as from_ms,
      (extract(epoch from valid_to) * 1000)::float8 as to_ms
    from verdict where vulnerability = ${vulnerability}`.execute(within);
  const bySoftware = Map.groupBy(verdicts, ({ software_id: id }) => id);
  const lists = await readLists(within, organisationId, [...bySoftware.keys()]);
  const times = moments.map((moment) => moment.toISOString());
  const { rows: periods } = await sql<{ manifest_id: number; place: number; count: number }>`
    select em.manifest_id, moment.place::int as place, count(*) as count
    from unnest(${times}::timestamptz[]) with ordinality as moment (at, place)
    join endpoint_manifest em on em.valid_from <= moment.at and (em.valid_to is null or em.valid_to > moment.at)
    where em.manifest_id = any(${[...lists.keys()]}::int[]) and ${endpointReachCondition(reach, sql`em.endpoint_id`)}
    group by 1, 2`.execute(within);
  const counts = new Float64Array(moments.length);
  for (const { manifest_id: manifest, place, count } of periods) {
    const time = moments[place - 1]?.getTime() ?? 0;
    const open = (lists.get(manifest) ?? []).some((id) =>
      bySoftware.get(id)?.some(({ from_ms: from, to_ms: to }) => from <= time && (to === null || to > time)),
    );
    if (open) counts[place - 1] = (counts[place - 1] ?? 0) + count;
  }
  const first = counts.findIndex((count) => count > 0);
  if (first < 0) return [];
  return moments
    .map((moment, index) => ({ at: moment.toISOString(), endpointCount: counts[index] ?? 0 }))
    .slice(Math.max(0, first - 1));
}
