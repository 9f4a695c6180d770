import { FeedError, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { line } from '../../feed/record.ts';
import type { Ecosystem } from './ecosystems.ts';
import { normaliseRecord } from './normalise.ts';
import { jsonOf } from '../../feed/json-value.ts';
import { RECORD_LIMIT_BYTES } from './one-record.ts';

/** All records of an ecosystem: `all.zip` of OSV, or a publisher's own archive with folders, `<release>/<id>.json`. */
export async function* readArchive(
  ecosystem: Ecosystem,
  feed: string,
  document: FeedDocument,
  context: FeedContext,
): AsyncGenerator<FeedItem> {
  let records = 0;
  let newest: string | null = null;
  for await (const entry of document.entries()) {
    if (!entry.name.endsWith('.json')) continue;
    const fault = (reason: string): FeedItem => ({ kind: 'fault', record: line(entry.name), reason });
    if (entry.sizeBytes > RECORD_LIMIT_BYTES) {
      yield fault(`the record has more than ${RECORD_LIMIT_BYTES} bytes`);
      continue;
    }
    const bytes = await entry.bytes();
    const value = jsonOf(bytes);
    if (value === undefined) {
      yield fault('the record is no JSON');
      continue;
    }
    for (const item of normaliseRecord(value, { feed, ecosystem, name: entry.name, bytes }, context.now)) {
      if (item.kind === 'advisory') {
        records += 1;
        const { modified } = item.advisory;
        if (modified !== null && (newest === null || modified > newest)) newest = modified;
      }
      yield item;
    }
  }
  // An archive without records is an error page or a mistake: an ecosystem does not lose all of its history.
  if (records === 0) throw new FeedError('malformed', `${document.request.path} holds no record`);
  if (newest !== null && ecosystem.archive === undefined) yield { kind: 'watermark', value: newest };
}
