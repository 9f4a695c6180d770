import type { RiskSeries } from '@thimble/protocol';
import { sql } from 'kysely';
import type { Reach } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { type StoredRisk, refreshSummaries, sumUp } from '../summaries/index.ts';

/** The curve of the last assessment; where there was none yet, and where it is of some endpoints, it is computed now. */
export async function riskSeries(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  reach: Reach,
): Promise<RiskSeries> {
  if (reach.kind === 'labels') return shown((await sumUp(database.kysely, organisationId, reach, clock())).risk);
  const read = () =>
    sql<{ risk: StoredRisk | null }>`
      select risk from assessment_state where organisation_id = ${organisationId}`.execute(database.kysely);
  let risk = (await read()).rows[0]?.risk;
  if (risk === undefined || risk === null) {
    await refreshSummaries(database, organisationId, clock());
    risk = (await read()).rows[0]?.risk;
  }
  return shown(risk ?? { points: [], medianDaysToRemediate: [], exploitedExposureDays: 0 });
}

function shown(risk: StoredRisk): RiskSeries {
  return {
    points: risk.points.map((point) => ({ ...point })),
    medianDaysToRemediate: risk.medianDaysToRemediate.map((each) => ({ ...each })),
    exploitedExposureDays: risk.exploitedExposureDays,
  };
}
