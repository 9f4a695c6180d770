import { TICKET_LIFETIME_MS } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { REMOVED_TOPIC } from './removed-topic.ts';

const REREAD_MS = 60_000;
/** As many as a relay is told of. */
const LIMIT = 100_000;

/** Endpoints that were removed while a ticket of theirs may still be valid, or are in quarantine. @param organisationId null: of all */
export async function readRemoved(
  within: Kysely<Tables>,
  now: Date,
  organisationId: string | null,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from endpoint
    where (removed_at > ${new Date(now.getTime() - TICKET_LIFETIME_MS)} or quarantined_at is not null)
      and (${organisationId}::uuid is null or organisation_id = ${organisationId})
    order by removed_at desc limit ${LIMIT}`.execute(within);
  return rows.map(({ id }) => id);
}

/** Keeps them in memory, as they are now on any replica. */
export async function watchRemoved(
  context: ServerContext,
): Promise<{ readonly isRemoved: (endpointId: string) => boolean; readonly close: () => void }> {
  let removed: ReadonlySet<string> = new Set();
  const refresh = async (): Promise<void> => {
    removed = new Set(await readRemoved(context.database.kysely, context.clock(), null));
  };
  const heed = (): void => {
    refresh().catch((error: unknown) => {
      if (!context.stopping.aborted) context.log.warn({ err: error }, 'removed endpoints were not read');
    });
  };
  const unsubscribe = context.events.subscribe(({ topic, key }) => {
    if (topic === REMOVED_TOPIC) {
      removed = new Set([...removed, key]);
      heed();
    } else if (topic === 'resync') heed();
  });
  const timer = setInterval(heed, REREAD_MS);
  timer.unref();
  await refresh();
  return {
    isRemoved: (endpointId) => removed.has(endpointId),
    close: () => {
      clearInterval(timer);
      unsubscribe();
    },
  };
}
