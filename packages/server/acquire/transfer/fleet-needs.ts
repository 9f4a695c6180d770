import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** A package of a repository, as far as it matters who needs it. */
export interface OfferedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
}

/** Architectures of packages that are the same on every machine, as repositories and endpoints call them. */
const ANY: ReadonlySet<string> = new Set(['all', 'noarch', 'any']);

/**
 * Which packages the fleet needs: those of which an endpoint has any version; those whose name differs only in numbers from such a one
 * of the same source, because kernels carry their version in their name; and what runs from the snapshot planned to install.
 */
export async function fleetNeeds(
  within: Kysely<Tables>,
  organisationId: string,
  snapshotId: string,
): Promise<(offered: OfferedPackage) => boolean> {
  const installed = await readInstalled(within, organisationId);
  const planned = await readPlanned(within, snapshotId);
  const present = new Set(
    installed.flatMap(({ name, architecture }) => [`${name} ${architecture}`, ...anyOf(name, architecture)]),
  );
  const names = new Set(installed.map(({ name }) => name));
  const series = new Set(installed.map(seriesOf));
  const exact = new Set(planned.map(({ name, version, architecture }) => `${name} ${version} ${architecture}`));
  return (offered) => {
    const { name, version, architecture } = offered;
    return (
      present.has(`${name} ${architecture}`) ||
      present.has(`${name} *`) ||
      (ANY.has(architecture) && names.has(name)) ||
      (/\d/.test(name) && series.has(seriesOf(offered))) ||
      exact.has(`${name} ${version} ${architecture}`)
    );
  };
}

function anyOf(name: string, architecture: string): readonly string[] {
  return ANY.has(architecture) ? [`${name} *`] : [];
}

function seriesOf({ source, name, architecture }: Omit<OfferedPackage, 'version'>): string {
  return `${source} ${name.replace(/\d+/g, '#')} ${architecture}`;
}

async function readInstalled(
  within: Kysely<Tables>,
  organisationId: string,
): Promise<readonly Omit<OfferedPackage, 'version'>[]> {
  const { rows } = await sql<Omit<OfferedPackage, 'version'>>`
    select distinct p.name, p.architecture, p.source from package_version p
    where p.organisation_id = ${organisationId} and p.id in (
      select unnest(m.package_ids) from manifest m
      where m.organisation_id = ${organisationId} and exists (
        select from endpoint_manifest em join endpoint e on e.id = em.endpoint_id and e.removed_at is null
        where em.manifest_id = m.id and em.valid_to is null))`.execute(within);
  return rows;
}

async function readPlanned(
  within: Kysely<Tables>,
  snapshotId: string,
): Promise<readonly Omit<OfferedPackage, 'source'>[]> {
  const { rows } = await sql<Omit<OfferedPackage, 'source'>>`
    select distinct c.name, c.architecture, c."to" as version
    from run r join endpoint_order o on o.run_id = r.id and o.kind = 'plan' and o.result->>'kind' = 'planned'
    cross join lateral jsonb_to_recordset(o.outcome->'result'->'transaction'->'changes')
      as c (name text, architecture text, "to" text)
    where r.snapshot_id = ${snapshotId} and c."to" is not null`.execute(within);
  return rows;
}
