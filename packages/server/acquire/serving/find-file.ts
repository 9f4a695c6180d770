import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { ListedPackage } from '../blocks/block-index.ts';
import type { PackageFile } from '../revisions/wanted.ts';
import type { FoundRevision } from './find-revision.ts';

/** A file of a revision, as signed metadata says. */
export type FoundFile =
  | {
      readonly kind: 'metadata';
      readonly path: string;
      readonly sha256: string;
      readonly sizeBytes: number;
    }
  | {
      readonly kind: 'package';
      readonly id: number;
      /** null: not known before its bytes are here. */
      readonly sha256: string | null;
      readonly sizeBytes: number;
      readonly file: PackageFile;
      readonly listed: ListedPackage;
    };

interface PackageRow {
  readonly id: number;
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
  readonly source_version: string;
  readonly size_bytes: number;
  readonly check_kind: PackageFile['checkKind'];
  readonly check_value: string;
  readonly sha256: string | null;
}

/** Metadata first: a package can't take the place of what is signed. */
export async function findFile(
  within: Kysely<Tables>,
  { id, repositoryId, sequence }: FoundRevision,
  path: string,
): Promise<FoundFile | null> {
  const metadata = await sql<{ sha256: string; size_bytes: number }>`
    select sha256, size_bytes from content_revision_file where revision_id = ${id} and path = ${path}`.execute(within);
  const [signed] = metadata.rows;
  if (signed !== undefined) return { kind: 'metadata', path, sha256: signed.sha256, sizeBytes: signed.size_bytes };
  const { rows } = await sql<PackageRow>`
    select id, path, name, version, architecture, source, source_version, size_bytes, check_kind, check_value, sha256
    from content_package where repository_id = ${repositoryId} and path = ${path}
      and since_sequence <= ${sequence} and (until_sequence is null or until_sequence > ${sequence})`.execute(within);
  const [row] = rows;
  return row === undefined ? null : toFound(row);
}

function toFound(row: PackageRow): FoundFile {
  const { name, version, architecture, source } = row;
  const listed = { name, version, architecture, source, sourceVersion: row.source_version };
  return {
    kind: 'package',
    id: row.id,
    sha256: row.sha256,
    sizeBytes: row.size_bytes,
    listed,
    file: {
      path: row.path,
      name,
      version,
      architecture,
      checkKind: row.check_kind,
      checkValue: row.check_value,
      sizeBytes: row.size_bytes,
    },
  };
}

/** A file by its digest, in the newest revision of the organisation that has it. */
export interface FoundObject {
  readonly revisionId: string;
  readonly path: string;
}

/** As many packages with the same bytes as are looked at; equal files under many names are a mirror's doing, not a client's. */
const SAME_LIMIT = 100;

/**
 * Where an organisation has a file with these bytes: packages as revisions list them, newest first, and metadata.
 *
 * @param organisationId null: any organisation's, because content is open
 */
export async function findObject(
  within: Kysely<Tables>,
  organisationId: string | null,
  sha256: string,
): Promise<readonly FoundObject[]> {
  const { rows } = await sql<FoundObject>`
    (select v.id as "revisionId", p.path from content_package p
      join content_revision v on v.repository_id = p.repository_id and v.sequence >= p.since_sequence
        and (p.until_sequence is null or v.sequence < p.until_sequence)
        and v.sequence = (select max(w.sequence) from content_revision w where w.repository_id = p.repository_id
          and w.sequence >= p.since_sequence and (p.until_sequence is null or w.sequence < p.until_sequence))
      where p.sha256 = ${sha256} and (${organisationId}::uuid is null or v.organisation_id = ${organisationId})
      order by v.created_at desc limit ${SAME_LIMIT})
    union all
    (select v.id, f.path from content_revision_file f join content_revision v on v.id = f.revision_id
      where f.sha256 = ${sha256} and (${organisationId}::uuid is null or v.organisation_id = ${organisationId})
      order by v.created_at desc limit 1)`.execute(within);
  return rows;
}
