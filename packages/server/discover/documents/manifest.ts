import { canonicalJson, type InstalledPackage, Manifest } from '@thimble/protocol';
import type { Pool } from 'pg';
import { HttpProblem } from '../../http/index.ts';
import { textParser } from '../agent-body.ts';
import { VersionIds } from './version-ids.ts';

const parse = textParser(Manifest);

interface Columns {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  readonly source: string;
  readonly source_version: string;
  readonly status: string;
  readonly automatic: boolean;
  readonly held: boolean;
  readonly origin: InstalledPackage['origin'];
}

const INSERT = `insert into package_version
    (organisation_id, key, name, architecture, version, source, source_version, status, automatic, held, origin)
  select $1, k.key, c.name, c.architecture, c.version, c.source, c.source_version, c.status, c.automatic, c.held,
    nullif(c.origin, 'null')
  from unnest($2::bytea[]) with ordinality as k (key, n)
  join jsonb_array_elements($3::jsonb) with ordinality as e (value, n) using (n)
  cross join lateral jsonb_to_record(e.value) as c (name text, architecture text, version text, source text,
    source_version text, status text, automatic boolean, held boolean, origin jsonb)
  order by k.n
  on conflict (organisation_id, key) do nothing`;

export function packageVersionIds(pool: Pool): VersionIds<Columns> {
  return new VersionIds(pool, 'package_version', INSERT);
}

/**
 * Stores a list of installed packages once for all endpoints that have the same.
 *
 * @param text canonical JSON whose SHA-256 is `sha256`.
 * @throws HttpProblem 400, 422
 */
export async function storeManifest(
  pool: Pool,
  ids: VersionIds<Columns>,
  organisationId: string,
  sha256: string,
  text: string,
  now: Date,
): Promise<void> {
  const manifest = parse(text);
  const entries = manifest.packages.map((entry) => ({ text: canonicalPackage(entry), columns: columnsOf(entry) }));
  assertCanonical(manifest, entries, text);
  const packageIds = await ids.idsOf(organisationId, entries);
  packageIds.sort((a, b) => a - b);
  await pool.query(
    `insert into manifest (organisation_id, sha256, scheme, distribution, architecture, package_ids, first_seen_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [
      organisationId,
      sha256,
      manifest.scheme,
      JSON.stringify(manifest.distribution),
      manifest.architecture,
      packageIds,
      now,
    ],
  );
}

/** `canonicalJson` of one entry, spelt out: a manifest has hundreds, and this is what taking one in costs. */
function canonicalPackage(entry: InstalledPackage): string {
  const { architecture, automatic, held, name, origin, source, sourceVersion, status, version } = entry;
  return `{"architecture":${quote(architecture)},"automatic":${automatic},"held":${held},"name":${quote(name)},"origin":${
    origin === null ? 'null' : canonicalOrigin(origin)
  },"source":${quote(source)},"sourceVersion":${quote(sourceVersion)},"status":${quote(status)},"version":${quote(version)}}`;
}

function canonicalOrigin(given: NonNullable<InstalledPackage['origin']>): string {
  const { codename, component, label, origin, suite } = given;
  return `{"codename":${quote(codename)},"component":${quote(component)},"label":${quote(label)},"origin":${quote(origin)},"suite":${quote(suite)}}`;
}

function quote(text: string | null): string {
  return JSON.stringify(text);
}

/**
 * The list must be what we would print for it: sorted, each package once, no member that we would drop. So a stored list
 * gives back the very bytes that its digest names.
 */
function assertCanonical(manifest: Manifest, entries: readonly { readonly text: string }[], text: string): void {
  const { architecture, distribution } = manifest;
  const { codename, id, versionId } = distribution;
  const printed = `{"architecture":${quote(architecture)},"distribution":${canonicalJson({ codename, id, versionId })},"format":1,"packages":[${entries
    .map((entry) => entry.text)
    .join(',')}],"scheme":"deb"}`;
  if (printed !== text)
    throw new HttpProblem(422, 'not-canonical', { detail: 'The document is not in its canonical form.' });
  let before = '';
  for (const { name, architecture: own } of manifest.packages) {
    const key = `${name}\0${own}`;
    if (key <= before)
      throw new HttpProblem(422, 'not-canonical', { detail: `Packages are not sorted, or ${name} comes twice.` });
    before = key;
  }
}

function columnsOf(entry: InstalledPackage): Columns {
  const { name, architecture, version, source, sourceVersion, status, automatic, held, origin } = entry;
  return { name, architecture, version, source, source_version: sourceVersion, status, automatic, held, origin };
}
