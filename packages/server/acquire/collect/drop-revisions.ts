import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { isUnneeded } from './living.ts';

const BATCH = 50;
/** Of packages; some 10 MB of rows. */
const PACKAGES_BATCH = 20_000;

/** Removes revisions that nothing needs, with their lists of files, and packages that no revision has any more. */
export async function dropRevisions(session: Kysely<Tables>, context: Pick<ServerContext, 'clock'>): Promise<number> {
  const now = context.clock();
  const unneeded = await sql<{ id: string }>`
    select v.id from content_revision v where ${isUnneeded(now, false)} order by v.id`.execute(session);
  let dropped = 0;
  for (let start = 0; start < unneeded.rows.length; start += BATCH) {
    const ids = unneeded.rows.slice(start, start + BATCH).map(({ id }) => id);
    dropped += await session.transaction().execute(async (within) => {
      // A snapshot that is being made of one has locked its row; it is left to it.
      const locked = await sql<{ id: string }>`
        select id from content_revision where id = any(${ids}::uuid[]) order by id for update skip locked`.execute(
        within,
      );
      const { rows } = await sql`
        delete from content_revision v
        where v.id = any(${locked.rows.map(({ id }) => id)}::uuid[]) and ${isUnneeded(now, false)} returning v.id`.execute(
        within,
      );
      return rows.length;
    });
  }
  await dropPackages(session);
  return dropped;
}

/**
 * A package is there as long as a revision has it; the rows of a newest revision have no end and are not even looked at. What came
 * with a bundle and is older has a higher number than the newest.
 */
async function dropPackages(session: Kysely<Tables>): Promise<void> {
  const { rows: repositories } = await sql<{ id: string; removed: boolean; sequence: number }>`
    select id, removed_at is not null as removed, sequence from content_repository`.execute(session);
  for (const { id, removed, sequence } of repositories)
    for (let deleted = PACKAGES_BATCH; deleted === PACKAGES_BATCH;) {
      const ended = removed ? sql`` : sql`and (p.until_sequence is not null or p.since_sequence > ${sequence})`;
      const { numAffectedRows } = await sql`
        delete from content_package where id = any(array(
          select p.id from content_package p where p.repository_id = ${id} ${ended}
            and not exists (select from content_revision v where v.repository_id = p.repository_id
              and v.sequence >= p.since_sequence and v.sequence < coalesce(p.until_sequence, 2147483647))
          limit ${PACKAGES_BATCH}))`.execute(session);
      deleted = Number(numAffectedRows ?? 0);
    }
}
