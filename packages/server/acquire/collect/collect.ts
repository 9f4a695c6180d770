import type { ContentStore } from '@thimble/content';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { publishContent } from '../publish.ts';
import { alone } from '../revisions/session.ts';
import { compareStore } from './compare-store.ts';
import { dropRevisions } from './drop-revisions.ts';
import { dropSnapshots } from './drop-snapshots.ts';
import { letGo, pauseHolders } from './hold.ts';
import { sweep } from './sweep.ts';
import { COLLECTED_TOPIC } from './topic.ts';

/** Any constant: whoever collects has it ('coll' in ASCII). */
export const COLLECTION_LOCK = 0x636f_6c6c;
/** The longest synchronisation takes minutes; what is not removed today is removed tomorrow. */
const WAIT_MS = 10 * 60_000;

export interface Collected {
  readonly snapshots: number;
  readonly revisions: number;
  readonly mended: number;
  readonly removedCount: number;
  readonly removedBytes: number;
}

/**
 * Removes what nothing needs: snapshots past retention, revisions that no snapshot has, packages that no revision has, and the files
 * of all these. Can be killed anywhere; the next one goes on.
 *
 * @returns null: another server is at it
 */
export async function collect(
  context: ServerContext,
  store: ContentStore,
  waitMs = WAIT_MS,
): Promise<Collected | null> {
  return alone(context, COLLECTION_LOCK, 'collection', async ({ client, kysely }) => {
    const id = context.newId();
    // Whoever began one and is not at it any more was killed: we have the lock.
    await sql`update content_collection set ended_at = ${context.clock()}, message = 'it was interrupted'
      where ended_at is null`.execute(kysely);
    await sql`insert into content_collection (id, started_at) values (${id}, ${context.clock()})`.execute(kysely);
    try {
      const snapshots = await dropSnapshots(kysely, context);
      const revisions = await dropRevisions(kysely, context);
      const { mended } = await compareStore(kysely, context, store);
      if (!(await pauseHolders(client, waitMs))) {
        await end(context, id, 'no file was removed: a synchronisation took too long; the next collection goes on');
        return { snapshots, revisions, mended, removedCount: 0, removedBytes: 0 };
      }
      const swept = await sweep(kysely, context, store, async ({ examined, removedCount, removedBytes }) => {
        await sql`update content_collection set examined_count = ${examined}, removed_count = ${removedCount},
          removed_bytes = ${removedBytes} where id = ${id}`.execute(kysely);
      }).finally(() => letGo(client));
      await end(context, id, '');
      return { snapshots, revisions, mended, removedCount: swept.removedCount, removedBytes: swept.removedBytes };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await end(context, id, message.slice(0, 1000)).catch(() => undefined);
      throw error;
    } finally {
      // Other replicas may know revisions that are gone.
      const topic = { organisationId: context.defaultOrganisationId, topic: COLLECTED_TOPIC, key: id };
      await context.events.publish(topic).catch(() => undefined);
      await publishContent(context, context.defaultOrganisationId, 'status').catch(() => undefined);
    }
  });
}

async function end({ database, clock }: ServerContext, id: string, message: string): Promise<void> {
  await sql`update content_collection set ended_at = ${clock()}, message = ${message} where id = ${id}`.execute(
    database.kysely,
  );
}
