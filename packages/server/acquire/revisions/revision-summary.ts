import type { RevisionSummary } from '@thimble/protocol';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Of one repository. What a snapshot is made of is never cut short. */
const REVISIONS_SHOWN = 200;

interface RevisionRow {
  readonly id: string;
  readonly repositoryId: string;
  readonly repositoryName: string;
  readonly sequence: number;
  readonly createdAt: Date;
  readonly date: Date | null;
  readonly validUntil: Date | null;
  readonly metadataPath: string;
  readonly metadataSha256: string;
  readonly signedBy: string | null;
  readonly packageCount: number;
  readonly packageBytes: number;
  readonly metadataBytes: number;
  readonly addedCount: number;
  readonly removedCount: number;
}

/** The newest revision of each repository that has one. @param count how much of them is in the store; left out: as it is now */
export async function latestRevisions(
  within: Kysely<Tables>,
  repositoryIds: readonly string[],
  count?: CountStored,
): Promise<ReadonlyMap<string, RevisionSummary>> {
  const found = await readRevisions(
    within,
    sql`v.repository_id = any(${[...repositoryIds]}::uuid[]) and v.sequence = r.sequence`,
    null,
    count,
  );
  return new Map(found.map((revision) => [revision.repositoryId, revision]));
}

/** The newest ones first. */
export async function revisionsOf(within: Kysely<Tables>, repositoryId: string): Promise<readonly RevisionSummary[]> {
  return readRevisions(within, sql`v.repository_id = ${repositoryId}`, REVISIONS_SHOWN);
}

export async function revisionsOfSnapshot(
  within: Kysely<Tables>,
  snapshotId: string,
): Promise<readonly RevisionSummary[]> {
  return readRevisions(
    within,
    sql`v.id in (select revision_id from content_snapshot_revision where snapshot_id = ${snapshotId})`,
  );
}

async function readRevisions(
  within: Kysely<Tables>,
  where: RawBuilder<unknown>,
  limit: number | null = null,
  count: CountStored = (revisions) => storedByRevision(within, revisions),
): Promise<readonly RevisionSummary[]> {
  const { rows } = await sql<RevisionRow>`
    select v.id, v.repository_id as "repositoryId", r.name as "repositoryName", v.sequence, v.created_at as "createdAt",
      v.date, v.valid_until as "validUntil", v.metadata_path as "metadataPath", v.metadata_sha256 as "metadataSha256",
      v.signed_by as "signedBy", v.package_count as "packageCount", v.package_bytes as "packageBytes",
      v.metadata_bytes as "metadataBytes", v.added_count as "addedCount", v.removed_count as "removedCount"
    from content_revision v join content_repository r on r.id = v.repository_id
    where ${where} order by r.name collate "C", v.sequence desc limit ${limit}`.execute(within);
  const stored = await count(rows);
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    date: row.date?.toISOString() ?? null,
    validUntil: row.validUntil?.toISOString() ?? null,
    storedCount: stored.get(row.id)?.count ?? 0,
    storedBytes: stored.get(row.id)?.bytes ?? 0,
  }));
}

export interface Stored {
  readonly count: number;
  readonly bytes: number;
}

/** What of a revision is needed to count it. */
export interface Counted {
  readonly id: string;
  readonly repositoryId: string;
  readonly sequence: number;
}

export type CountStored = (revisions: readonly Counted[]) => Promise<ReadonlyMap<string, Stored>>;

/**
 * How much of each revision's packages is in the store. One pass over each repository, however many revisions are asked for: rows
 * are added up by the sequences in which they hold, of which there are few.
 */
export async function storedByRevision(
  within: Kysely<Tables>,
  revisions: readonly Counted[],
): Promise<ReadonlyMap<string, Stored>> {
  const repositoryIds = [...new Set(revisions.map(({ repositoryId }) => repositoryId))];
  if (repositoryIds.length === 0) return new Map();
  const { rows } = await sql<{
    repositoryId: string;
    since: number;
    until: number | null;
    count: number;
    bytes: number;
  }>`
    select p.repository_id as "repositoryId", p.since_sequence as since, p.until_sequence as until, count(*) as count,
      sum(p.size_bytes)::bigint as bytes
    from content_package p join content_object o on o.sha256 = p.sha256
    where p.repository_id = any(${repositoryIds}::uuid[]) group by 1, 2, 3`.execute(within);
  const parts = Map.groupBy(rows, ({ repositoryId }) => repositoryId);
  return new Map(
    revisions.map(({ id, repositoryId, sequence }) => {
      const valid = (parts.get(repositoryId) ?? []).filter(
        ({ since, until }) => since <= sequence && (until === null || until > sequence),
      );
      return [
        id,
        {
          count: valid.reduce((sum, { count }) => sum + count, 0),
          bytes: valid.reduce((sum, { bytes }) => sum + bytes, 0),
        },
      ];
    }),
  );
}

export async function revisionCounts(
  within: Kysely<Tables>,
  repositoryIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ id: string; count: number }>`
    select repository_id as id, count(*) as count from content_revision
    where repository_id = any(${[...repositoryIds]}::uuid[]) group by 1`.execute(within);
  return new Map(rows.map(({ id, count }) => [id, count]));
}
