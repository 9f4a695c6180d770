import type { RepositoryDefinition } from '@thimble/content';
import type { BundledRepository } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { type AnchorRow, readAnchors } from '../repositories/rows.ts';
import { unknownSnapshot } from '../snapshots/snapshot-list.ts';

/** A revision that is exported, and with what it was frozen. */
export interface ExportedRevision {
  readonly id: string;
  readonly repositoryId: string;
  readonly name: string;
  readonly sequence: number;
  readonly frozenAt: Date;
  readonly metadataPath: string;
  readonly metadataSha256: string;
  readonly signedBy: string | null;
  readonly mirrors: readonly string[];
  readonly definition: RepositoryDefinition;
  readonly anchors: readonly AnchorRow[];
}

export interface ExportedSnapshot {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly createdAt: Date;
  readonly revisions: readonly ExportedRevision[];
}

/** @throws HttpProblem 404; 409 `snapshot-collected`, `key-withdrawn` */
export async function exportedSnapshot(
  within: Kysely<Tables>,
  organisationId: string,
  id: string,
): Promise<ExportedSnapshot> {
  const { rows } = await sql<{ name: string; note: string; createdAt: Date; collectedAt: Date | null }>`
    select name, note, created_at as "createdAt", collected_at as "collectedAt" from content_snapshot
    where id = ${id} and organisation_id = ${organisationId}`.execute(within);
  const [row] = rows;
  if (row === undefined) throw unknownSnapshot();
  if (row.collectedAt !== null)
    throw new HttpProblem(409, 'snapshot-collected', {
      detail: `The content of ${row.name} was removed; only its record is left.`,
      hint: 'Take a newer snapshot.',
    });
  return { id, name: row.name, note: row.note, createdAt: row.createdAt, revisions: await readRevisions(within, id) };
}

async function readRevisions(within: Kysely<Tables>, snapshotId: string): Promise<readonly ExportedRevision[]> {
  const { rows } = await sql<Omit<ExportedRevision, 'anchors'>>`
    select v.id, v.repository_id as "repositoryId", r.name, v.sequence, v.created_at as "frozenAt",
      v.metadata_path as "metadataPath", v.metadata_sha256 as "metadataSha256", v.signed_by as "signedBy", v.mirrors,
      coalesce(v.definition, jsonb_build_object('format', r.format, 'uris', r.uris, 'mirrorList', r.mirror_list,
        'suite', r.suite, 'components', r.components, 'architectures', r.architectures, 'signature', r.signature,
        'files', r.files)) as definition
    from content_snapshot_revision m join content_revision v on v.id = m.revision_id
    join content_repository r on r.id = v.repository_id
    where m.snapshot_id = ${snapshotId} order by r.name collate "C", r.id`.execute(within);
  const anchors = Map.groupBy(
    await readAnchors(
      within,
      rows.map(({ repositoryId }) => repositoryId),
    ),
    ({ repositoryId }) => repositoryId,
  );
  return rows.map((row) => {
    const own = anchors.get(row.repositoryId) ?? [];
    if (row.signedBy !== null && !own.some(({ fingerprint }) => fingerprint === row.signedBy))
      throw new HttpProblem(409, 'key-withdrawn', {
        detail: `${row.name} of this snapshot is signed with the key ${row.signedBy}, which is not approved any more.`,
        hint: 'Take a newer snapshot, signed with a key that counts.',
      });
    return { ...row, anchors: own };
  });
}

/** As it stands in a manifest. Equal content gives an equal document. */
export async function bundledRepository(
  within: Kysely<Tables>,
  { id, repositoryId, sequence, name, frozenAt, metadataPath, metadataSha256, definition, anchors }: ExportedRevision,
): Promise<BundledRepository> {
  const { format, uris, mirrorList, suite, components, architectures, signature, files = [] } = definition;
  return {
    name,
    format,
    uris: [...uris],
    mirrorList,
    suite,
    components: [...components],
    architectures: [...architectures],
    signature,
    files: format === 'generic' ? await sizedFiles(within, repositoryId, sequence, files) : [],
    anchors: anchors.map(({ kind, fingerprint, name: keyName, material }) => ({
      kind,
      fingerprint,
      name: keyName,
      material: Buffer.from(material).toString('base64'),
    })),
    metadataPath,
    metadataSha256,
    frozenAt: frozenAt.toISOString(),
    metadata: [...(await readMetadata(within, id))],
  };
}

/** What clients ask for first; of what is fetched when somebody asks, that which somebody asked for. */
async function readMetadata(within: Kysely<Tables>, revisionId: string): Promise<BundledRepository['metadata']> {
  const { rows } = await sql<BundledRepository['metadata'][number]>`
    select path, sha256, size_bytes as "sizeBytes" from content_revision_file
      where revision_id = ${revisionId} and not on_demand
    union
    select min(f.path), f.sha256, f.size_bytes from content_revision_file f
      where f.revision_id = ${revisionId} and f.on_demand
        and exists (select from content_object o where o.sha256 = f.sha256)
        and not exists (select from content_revision_file g
          where g.revision_id = f.revision_id and not g.on_demand and g.sha256 = f.sha256)
      group by f.sha256, f.size_bytes`.execute(within);
  return rows.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Sizes that were learnt when it was frozen: there they can't be. */
async function sizedFiles(
  within: Kysely<Tables>,
  repositoryId: string,
  sequence: number,
  files: NonNullable<RepositoryDefinition['files']>,
): Promise<unknown[]> {
  const { rows } = await sql<{ sha256: string; sizeBytes: number }>`
    select check_value as sha256, size_bytes as "sizeBytes" from content_package where repository_id = ${repositoryId}
      and since_sequence <= ${sequence} and (until_sequence is null or until_sequence > ${sequence})`.execute(within);
  const sizes = new Map(rows.map(({ sha256, sizeBytes }) => [sha256, sizeBytes]));
  return files.map((file) => ({ ...file, sizeBytes: file.sizeBytes ?? sizes.get(file.sha256) ?? null }));
}
