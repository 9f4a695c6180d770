import { peaksOf, type Tree } from '@thimble/transparency';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { readNodes } from './read-nodes.ts';

/** The log as it was with so many entries; undefined: it does not have them. */
export async function readTree(
  within: Kysely<Tables>,
  organisationId: string,
  size: number,
): Promise<Tree | undefined> {
  const peaks = peaksOf(size);
  const hashAt = await readNodes(within, organisationId, peaks);
  return hashAt === undefined ? undefined : { size, peaks: peaks.map(hashAt) };
}

/** Entries of the log; fewer than records only while those from before there was a log are taken over. */
export async function readSize(within: Kysely<Tables>, organisationId: string): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    select coalesce(max(sequence), 0) as size from evidence_leaf where organisation_id = ${organisationId}`.execute(
    within,
  );
  return rows[0]?.size ?? 0;
}
