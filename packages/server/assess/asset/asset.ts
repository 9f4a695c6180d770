import type { EndpointAsset } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { publishEndpoint, unknownEndpoint } from '../../discover/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { checkTimeZone } from './check-time-zone.ts';

const COLUMNS = sql`asset_criticality as criticality, asset_exposure as exposure, asset_site as site, labels, groups,
  time_zone as "timeZone"`;

/** @throws HttpProblem 404, also for an endpoint of another organisation. */
export async function readAsset(
  within: Kysely<Tables>,
  organisationId: string,
  endpointId: string,
): Promise<Required<EndpointAsset>> {
  const { rows } = await sql<Required<EndpointAsset>>`
    select ${COLUMNS} from endpoint
    where id = ${endpointId} and organisation_id = ${organisationId} and removed_at is null`.execute(within);
  const [row] = rows;
  if (row === undefined) throw unknownEndpoint();
  return row;
}

/** What is not given stays as it was said before; labels and groups are stated whole. @throws HttpProblem 404, 422 `unknown-time-zone` */
export async function setAsset(
  context: Pick<ServerContext, 'database' | 'clock' | 'events'>,
  operator: { readonly organisationId: string; readonly name: string },
  endpointId: string,
  stated: Partial<EndpointAsset>,
): Promise<EndpointAsset> {
  const { organisationId } = operator;
  checkTimeZone(stated.timeZone);
  const labels = stated.labels === undefined ? null : JSON.stringify(stated.labels);
  const groups = stated.groups === undefined ? null : [...stated.groups].sort();
  return context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<Required<EndpointAsset> & { hostname: string }>`
      update endpoint set asset_criticality = coalesce(${stated.criticality ?? null}, asset_criticality),
        asset_exposure = coalesce(${stated.exposure ?? null}, asset_exposure),
        asset_site = coalesce(${stated.site?.trim() ?? null}, asset_site),
        labels = coalesce(${labels}::jsonb, labels), groups = coalesce(${groups}::text[], groups),
        time_zone = coalesce(${stated.timeZone ?? null}, time_zone)
      where id = ${endpointId} and organisation_id = ${organisationId} and removed_at is null
      returning ${COLUMNS}, hostname`.execute(within);
    const [row] = rows;
    if (row === undefined) throw unknownEndpoint();
    const { hostname, ...asset } = row;
    await publishEndpoint(context, { organisationId, endpointId }, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: 'override-set',
        actor: operator.name,
        endpointId,
        summary: `${operator.name} stated that ${hostname} ${inWords(asset)}`,
        detail: asset,
      },
    ]);
    return asset;
  });
}

function inWords({ criticality, exposure, site, labels, groups, timeZone }: Required<EndpointAsset>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [
    `is of ${criticality} criticality and of ${exposure} exposure`,
    site === '' ? '' : `, at the site ${site}`,
    pairs.length === 0 ? '' : `, labelled ${pairs.sort().join(', ')}`,
    groups.length === 0 ? '' : `, in the groups ${groups.join(', ')}`,
    timeZone === '' ? '' : `, in the time zone ${timeZone}`,
  ].join('');
}
