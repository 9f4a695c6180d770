import type { AdvisoryReader, AdvisoryRecords, AdvisoryStore, FeedWriter } from '@thimble/feeds';
import type { Clock } from '../context.ts';
import type { Database } from '../storage/index.ts';
import { readFeedStates, writeFailure } from './feed-state.ts';
import { claimsOfKeys, factsOfSubjects } from './reader.ts';
import { recordsOfFeed } from './records.ts';
import { beginWriting } from './writer.ts';

/**
 * Advisories in PostgreSQL, for all organisations and replicas. One feed is written by one writer at a time.
 *
 * @param clock says from when on a written record is known.
 * @param afterCommit is told which feed has something new.
 */
export function createAdvisoryStore(
  database: Database,
  clock: Clock,
  afterCommit: (feed: string) => Promise<void> = async () => undefined,
): AdvisoryStore & AdvisoryReader & AdvisoryRecords {
  const { kysely } = database;
  return {
    state: async (feed) => (await readFeedStates(kysely, feed))[0] ?? null,
    states: () => readFeedStates(kysely),
    fail: (feed, failure) => writeFailure(kysely, feed, failure),
    claims: (keys, options) => claimsOfKeys(kysely, keys, options?.asOf ?? null),
    facts: (kind, subjects, options) => factsOfSubjects(kysely, kind, subjects, options?.asOf ?? null),
    records: (feed) => recordsOfFeed(database, feed),
    write: async (feed, mode): Promise<FeedWriter> => {
      const writer = await beginWriting(database, feed, mode, clock);
      return {
        ...writer,
        commit: async (result) => {
          await writer.commit(result);
          await afterCommit(feed);
        },
      };
    },
  };
}
