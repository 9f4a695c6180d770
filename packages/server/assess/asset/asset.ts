import type { EndpointAsset } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { unknownEndpoint } from '../../discover/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';

/** @throws HttpProblem 404, also for an endpoint of another organisation. */
export async function readAsset(
  within: Kysely<Tables>,
  organisationId: string,
  endpointId: string,
): Promise<EndpointAsset> {
  const { rows } = await sql<EndpointAsset>`
    select asset_criticality as criticality, asset_exposure as exposure, asset_site as site from endpoint
    where id = ${endpointId} and organisation_id = ${organisationId} and removed_at is null`.execute(within);
  const [row] = rows;
  if (row === undefined) throw unknownEndpoint();
  return row;
}

/** What is not given stays as it was said before. @throws HttpProblem 404 */
export async function setAsset(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  operator: { readonly organisationId: string; readonly name: string },
  endpointId: string,
  stated: Partial<EndpointAsset>,
): Promise<EndpointAsset> {
  return database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<EndpointAsset & { hostname: string }>`
      update endpoint set asset_criticality = coalesce(${stated.criticality ?? null}, asset_criticality),
        asset_exposure = coalesce(${stated.exposure ?? null}, asset_exposure),
        asset_site = coalesce(${stated.site?.trim() ?? null}, asset_site)
      where id = ${endpointId} and organisation_id = ${operator.organisationId} and removed_at is null
      returning asset_criticality as criticality, asset_exposure as exposure, asset_site as site, hostname`.execute(
      within,
    );
    const [row] = rows;
    if (row === undefined) throw unknownEndpoint();
    const { criticality, exposure, site = '', hostname } = row;
    await appendEvidence(within, [
      {
        organisationId: operator.organisationId,
        at: clock(),
        kind: 'override-set',
        actor: operator.name,
        endpointId,
        summary: `${operator.name} stated that ${hostname} is of ${criticality} criticality and of ${exposure} exposure${site === '' ? '' : `, at the site ${site}`}`,
        detail: { criticality, exposure, site },
      },
    ]);
    return { criticality, exposure, site };
  });
}
