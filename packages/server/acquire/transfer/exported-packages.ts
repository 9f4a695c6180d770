import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { PackageFile } from '../revisions/wanted.ts';
import type { ExportedRevision } from './exported-revisions.ts';
import type { OfferedPackage } from './fleet-needs.ts';

/** A package file that is exported. */
export interface ExportedPackage extends PackageFile {
  readonly revision: ExportedRevision;
  /** null: not known before its bytes are here. */
  readonly sha256: string | null;
  /** Why people blocked it; null: they did not. */
  readonly recalled: string | null;
}

interface Row extends OfferedPackage, PackageFile {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string | null;
  readonly recalled: string | null;
}

/** Package files of a revision that `isNeeded` keeps. */
export async function exportedPackages(
  within: Kysely<Tables>,
  organisationId: string,
  revision: ExportedRevision,
  isNeeded: (offered: OfferedPackage) => boolean,
): Promise<readonly ExportedPackage[]> {
  const { repositoryId, sequence, definition } = revision;
  const { rows } = await sql<Row>`
    select p.path, p.name, p.version, p.architecture, p.source, p.size_bytes as "sizeBytes", p.check_kind as "checkKind",
      p.check_value as "checkValue", p.sha256, b.reason as recalled
    from content_package p
    left join (select distinct on (c.id) c.id, k.reason from content_blocked_package c
      join content_block k on k.id = c.block_id where c.organisation_id = ${organisationId} and c.repository_id = ${repositoryId}
      order by c.id, k.created_at) b on b.id = p.id
    where p.repository_id = ${repositoryId} and p.since_sequence <= ${sequence}
      and (p.until_sequence is null or p.until_sequence > ${sequence})
    order by p.path collate "C"`.execute(within);
  // What people listed one by one is needed as a whole: no endpoint says that it has it.
  const needed = definition.format === 'generic' ? rows : rows.filter(isNeeded);
  return needed.map((file) => ({ ...file, revision }));
}
