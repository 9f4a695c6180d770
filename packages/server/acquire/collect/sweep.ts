import type { ContentStore } from '@thimble/content';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { GRACE_MS } from './living.ts';

const PAGE = 10_000;
/** Files removed at once: a disk is not faster with more, and a service's limits are far above. */
const REMOVED_AT_ONCE = 32;

export interface Swept {
  readonly examined: number;
  readonly removedCount: number;
  readonly removedBytes: number;
}

/**
 * Removes files that no revision and no package row names and that are older than a day, page by page in the order of their digests.
 * A file goes before its row is: after a crash in between the row is mended by the next collection. The caller keeps everybody away
 * who takes files for granted (pauseHolders).
 */
export async function sweep(
  session: Kysely<Tables>,
  context: Pick<ServerContext, 'clock' | 'stopping'>,
  store: Pick<ContentStore, 'remove'>,
  onPage: (swept: Swept) => Promise<void> = async () => undefined,
): Promise<Swept> {
  const before = new Date(context.clock().getTime() - GRACE_MS);
  let swept: Swept = { examined: 0, removedCount: 0, removedBytes: 0 };
  for (let after = ''; ;) {
    context.stopping.throwIfAborted();
    const page = await session.transaction().execute(async (within) => {
      // Two look-ups by index for each row; whole tables are larger than any page of them.
      await sql`set local enable_hashjoin = off`.execute(within);
      await sql`set local enable_mergejoin = off`.execute(within);
      const { rows } = await sql<Page>`
        with page as materialized (
          select sha256, size_bytes, stored_at from content_object where sha256 > ${after} order by sha256 limit ${PAGE})
        select (select max(sha256) from page) as last, (select count(*) from page) as examined, dead.* from (select 1) one
        left join (select sha256, size_bytes from page where stored_at < ${before}
          and not exists (select from content_revision_file f where f.sha256 = page.sha256)
          and not exists (select from content_package p where p.sha256 = page.sha256)) dead on true`.execute(within);
      const dead = rows.flatMap(({ sha256, size_bytes: bytes }) => (sha256 === null ? [] : [{ sha256, bytes }]));
      await removeFiles(store, dead);
      if (dead.length > 0)
        await sql`delete from content_object where sha256 = any(${dead.map(({ sha256 }) => sha256)}::text[])`.execute(
          within,
        );
      return { last: rows[0]?.last ?? null, examined: rows[0]?.examined ?? 0, dead };
    });
    swept = {
      examined: swept.examined + page.examined,
      removedCount: swept.removedCount + page.dead.length,
      removedBytes: swept.removedBytes + page.dead.reduce((sum, { bytes }) => sum + bytes, 0),
    };
    await onPage(swept);
    if (page.last === null) return swept;
    after = page.last;
  }
}

interface Page {
  readonly last: string | null;
  readonly examined: number;
  readonly sha256: string | null;
  readonly size_bytes: number;
}

async function removeFiles(
  store: Pick<ContentStore, 'remove'>,
  dead: readonly { readonly sha256: string }[],
): Promise<void> {
  const waiting = dead[Symbol.iterator]();
  const workers = Array.from({ length: REMOVED_AT_ONCE }, async () => {
    for (const { sha256 } of waiting) await store.remove(sha256);
  });
  await Promise.all(workers);
}
