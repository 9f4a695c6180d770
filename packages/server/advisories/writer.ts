import { AdvisoryStoreError, type FeedWriter } from '@thimble/feeds';
import { Client } from 'pg';
import type { Clock } from '../context.ts';
import type { Database } from '../storage/index.ts';
import { commitStaging } from './commit.ts';
import { writeFeedState } from './feed-state.ts';
import { createStaging } from './staging.ts';

/** Any constant: with the feed it makes the advisory lock of its writer ('feed' in ASCII). */
const LOCK = 0x6665_6564;

/**
 * A session of its own for one synchronisation: what it writes waits in temporary tables, and one transaction at the end
 * makes all of it valid. Killed before, it leaves nothing; nobody waits for it, and vacuum is not held up meanwhile.
 *
 * @throws AdvisoryStoreError `advisories-locked`: another replica, or an import, writes this feed.
 */
export async function beginWriting(
  { connection }: Pick<Database, 'connection'>,
  feed: string,
  mode: 'snapshot' | 'delta',
  clock: Clock,
): Promise<FeedWriter> {
  const client = new Client(connection);
  // A connection that breaks fails the next statement; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  let open = true;
  const end = async (): Promise<void> => {
    open = false;
    await client.end();
  };
  const guard = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    if (!open) throw new TypeError(`the writing of ${feed} has ended already`);
    try {
      return await act();
    } catch (error) {
      await end();
      throw error;
    }
  };
  const staging = await guard(async () => {
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as got', [
      LOCK,
      feed,
    ]);
    if (rows[0]?.got !== true)
      throw new AdvisoryStoreError(
        'advisories-locked',
        `${feed} is being written already`,
        'Try again when that has ended.',
      );
    return createStaging(client, feed);
  });
  return {
    advisories: (records) => guard(() => staging.advisories(records)),
    facts: (records) => guard(() => staging.facts(records)),
    remove: (ids) => guard(() => staging.remove(ids)),
    commit: (result) =>
      guard(async () => {
        await client.query('begin');
        const changed = await commitStaging(client, feed, mode, clock());
        await writeFeedState(client, feed, result, changed);
        await client.query('commit');
        await end();
      }),
    abandon: async () => {
      if (open) await end();
    },
  };
}
