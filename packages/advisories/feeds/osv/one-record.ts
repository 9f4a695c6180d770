import { FeedError, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { jsonOf } from '../../feed/json-value.ts';
import type { Ecosystem } from './ecosystems.ts';
import { normaliseRecord } from './normalise.ts';

/** The largest real records (a kernel's, with every build of every release listed) have 5 MB. */
export const RECORD_LIMIT_BYTES = 64 * 1024 ** 2;

/** A record that was fetched by itself. One that can't be used fails the synchronisation: it would be asked for again. */
export async function* readOne(
  ecosystem: Ecosystem,
  feed: string,
  document: FeedDocument,
  context: FeedContext,
): AsyncGenerator<FeedItem> {
  const bytes = await document.bytes();
  const value = jsonOf(bytes);
  if (value === undefined) throw new FeedError('malformed', `${document.request.path} is no JSON`);
  yield* normaliseRecord(value, { feed, ecosystem, name: document.request.path, bytes }, context.now);
}
