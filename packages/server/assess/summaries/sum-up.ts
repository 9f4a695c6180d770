import { type Kysely, sql } from 'kysely';
import type { Reach } from '../../access/index.ts';
import type { Tables } from '../../storage/index.ts';
import { activeExceptions } from '../exceptions/active.ts';
import { type StoredPatches, bestPatches } from '../next-patches/best-patches.ts';
import { type OpenCount, countOpen } from './count-open.ts';
import { type Fleet, loadFleet } from './fleet.ts';
import { notEffective } from './not-effective.ts';
import type { TimedException } from './open-steps.ts';
import { type Remediation, readSteps, remediation } from './remediation.ts';
import { type CurvePoint, type Weight, curveMoments, readPeriods, riskCurve } from './risk-curve.ts';

export interface StoredRisk {
  readonly points: readonly CurvePoint[];
  readonly medianDaysToRemediate: readonly Remediation[];
  readonly exploitedExposureDays: number;
}

interface Sums {
  readonly fleet: Fleet;
  readonly counts: readonly OpenCount[];
  readonly risk: StoredRisk;
  readonly patches: StoredPatches;
}

/** What an organisation's endpoints within reach are exposed to, how that went, and what helps most: from manifests, verdicts and exceptions. */
export async function sumUp(within: Kysely<Tables>, organisationId: string, reach: Reach, now: Date): Promise<Sums> {
  const exceptions = await activeExceptions(within, organisationId, now);
  const apart = [...new Set(exceptions.flatMap(({ endpoint_id: id }) => (id === null ? [] : [id])))];
  const history = await readHistory(within, organisationId, reach, now);
  // Once for everything: of a large fleet this is most of the work.
  const fleet = await loadFleet(within, organisationId, reach, apart, history.manifests, history.since);
  const weights = await readWeights(within, organisationId);
  return {
    fleet,
    counts: await notEffective(within, organisationId, reach, countOpen(fleet, exceptions)),
    risk: computeRisk(fleet, history, weights),
    patches: bestPatches(fleet, exceptions, weights),
  };
}

/** What of the past the curves need. */
async function readHistory(within: Kysely<Tables>, organisationId: string, reach: Reach, now: Date) {
  const moments = curveMoments(now);
  const [since = now] = moments;
  const periods = await readPeriods(within, organisationId, reach, moments);
  const steps = await readSteps(within, organisationId, reach, since);
  const manifests = [
    ...new Set([...periods.map(({ manifestId }) => manifestId), ...steps.steps.map((step) => step.manifest_id)]),
  ];
  const { rows: accepted } = await sql<TimedException>`
    select id, vulnerability, package, endpoint_id, purl, kind, justification, reason, owner, expires_at,
      (extract(epoch from created_at) * 1000)::float8 as "fromMs",
      coalesce((extract(epoch from least(expires_at, revoked_at)) * 1000)::float8, 'infinity'::float8) as "toMs"
    from vulnerability_exception where organisation_id = ${organisationId}`.execute(within);
  return { moments, since, periods, steps, manifests, accepted };
}

function computeRisk(
  fleet: Fleet,
  { moments, since, periods, steps, accepted }: Awaited<ReturnType<typeof readHistory>>,
  weights: ReadonlyMap<string, Weight>,
): StoredRisk {
  return {
    ...riskCurve(fleet, periods, moments, weights, accepted),
    medianDaysToRemediate: remediation(fleet, steps, weights, since.getTime()),
  };
}

async function readWeights(within: Kysely<Tables>, organisationId: string): Promise<ReadonlyMap<string, Weight>> {
  const { rows } = await sql<Weight & { id: string }>`
    select v.id, coalesce(o.severity, v.severity) as severity, coalesce(o.score, v.score) as score, v.exploited
    from vulnerability v left join vulnerability_override o
      on o.organisation_id = ${organisationId} and o.vulnerability = v.id and o.ended_at is null`.execute(within);
  return new Map(rows.map(({ id, ...weight }) => [id, weight]));
}
