import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../../storage/index.ts';

/** A repository and where it is in the two snapshots. */
export interface Pair {
  readonly repositoryId: string;
  readonly repositoryName: string;
  readonly format: string;
  /** Sequence of its revision; null: the snapshot has not this repository. */
  readonly from: number | null;
  readonly to: number | null;
}

/** All repositories of two snapshots. @param from null: there is none before. */
export async function readPairs(within: Kysely<Tables>, from: string | null, to: string): Promise<readonly Pair[]> {
  const { rows } = await sql<Pair>`
    select r.id as "repositoryId", r.name as "repositoryName", r.format,
      max(v.sequence) filter (where m.snapshot_id = ${from}::uuid) as "from",
      max(v.sequence) filter (where m.snapshot_id = ${to}::uuid) as "to"
    from content_snapshot_revision m join content_revision v on v.id = m.revision_id
    join content_repository r on r.id = v.repository_id
    where m.snapshot_id = any(array_remove(array[${from}::uuid, ${to}::uuid], null))
    group by r.id, r.name, r.format order by r.name collate "C", r.id`.execute(within);
  return rows;
}
