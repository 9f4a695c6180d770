import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { isDead } from './living.ts';

const BATCH = 100;

/**
 * Lets go of what snapshots have that nothing needs any more; their rows stay as a record. Each is locked and looked at again: a run
 * that is being made of it, a channel that is being moved to it, come first or find it gone.
 *
 * @returns how many
 */
export async function dropSnapshots(session: Kysely<Tables>, context: Pick<ServerContext, 'clock'>): Promise<number> {
  const now = context.clock();
  const dead = await sql<{
    id: string;
  }>`select s.id from content_snapshot s where ${isDead(now)} order by s.id`.execute(session);
  let dropped = 0;
  for (let start = 0; start < dead.rows.length; start += BATCH) {
    const ids = dead.rows.slice(start, start + BATCH).map(({ id }) => id);
    dropped += await session.transaction().execute(async (within) => {
      const locked = await sql<{ id: string }>`
        select id from content_snapshot where id = any(${ids}::uuid[]) order by id for update skip locked`.execute(
        within,
      );
      const { rows } = await sql<{ id: string }>`
        update content_snapshot s set collected_at = ${now}, retired_at = coalesce(s.retired_at, ${now}),
          retired_reason = case when s.retired_at is null then 'past the retention of scheduled snapshots' else s.retired_reason end
        where s.id = any(${locked.rows.map(({ id }) => id)}::uuid[]) and ${isDead(now)} returning s.id`.execute(within);
      await sql`delete from content_snapshot_revision
        where snapshot_id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(within);
      return rows.length;
    });
  }
  return dropped;
}
