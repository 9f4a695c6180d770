import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishContent } from '../publish.ts';
import { isDead } from './living.ts';

const BATCH = 100;

/**
 * Lets go of what snapshots have that nothing needs any more; their rows stay as a record. Each is locked and looked at again: a run
 * that is being made of it, a channel that is being moved to it, come first or find it gone.
 *
 * @returns how many
 */
export async function dropSnapshots(
  session: Kysely<Tables>,
  context: Pick<ServerContext, 'clock' | 'events'>,
): Promise<number> {
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
      const { rows } = await sql<Dropped>`
        update content_snapshot s set collected_at = ${now}, retired_at = coalesce(s.retired_at, ${now}),
          retired_reason = case when s.retired_at is null then 'past the retention of scheduled snapshots' else s.retired_reason end
        where s.id = any(${locked.rows.map(({ id }) => id)}::uuid[]) and ${isDead(now)}
        returning s.id, s.organisation_id, s.name`.execute(within);
      await sql`delete from content_snapshot_revision
        where snapshot_id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(within);
      await tell(within, context, rows, now);
      return rows.length;
    });
  }
  return dropped;
}

interface Dropped {
  readonly id: string;
  readonly organisation_id: string;
  readonly name: string;
}

async function tell(
  within: Kysely<Tables>,
  context: Pick<ServerContext, 'events'>,
  dropped: readonly Dropped[],
  at: Date,
): Promise<void> {
  for (const [organisationId, snapshots] of Map.groupBy(dropped, (row) => row.organisation_id)) {
    await publishContent(context, organisationId, 'snapshots', within);
    await appendEvidence(
      within,
      snapshots.map(({ id, name }) => ({
        organisationId,
        at,
        kind: 'snapshot-changed',
        actor: 'collection',
        summary: `the content of the snapshot ${name} was collected: it is past retention, and nothing needs it`,
        detail: { snapshotId: id, name },
      })),
    );
  }
}
