import type { Kysely } from 'kysely';
import type { ServerContext } from '../context.ts';
import type { Tables } from '../storage/index.ts';

/** Tells an organisation's people which list to fetch again. */
export async function publishContent(
  { events }: Pick<ServerContext, 'events'>,
  organisationId: string,
  what: 'repositories' | 'snapshots' | 'channels' | 'blocks' | 'relays' | 'transfers' | 'status' | 'savings',
  within?: Kysely<Tables>,
): Promise<void> {
  await events.publish(
    { organisationId, topic: 'content', key: what, live: { kind: 'content-changed', what } },
    within,
  );
}
