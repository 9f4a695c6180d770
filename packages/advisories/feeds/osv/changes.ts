import { FeedError, type FeedContext, type FeedDocument, type FeedItem, type FeedRequest } from '../../feed/index.ts';
import { textLines } from '../../feed/lines.ts';
import { pastMoment } from '../../feed/moments.ts';
import type { Ecosystem } from './ecosystems.ts';
import { RECORD_LIMIT_BYTES } from './one-record.ts';

/** From here on the whole archive is the smaller answer. */
const RECORDS_ONE_BY_ONE_LIMIT = 500;
const LIMIT_LINES = 2_000_000;
const LINE_LIMIT_BYTES = 1_024;
const DATE = /^\d{4}-\d{2}-\d{2}T/;
const ID = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,127}$/;

/**
 * `modified_id.csv`: `2026-08-21T10:00:00Z,GHSA-…` a line, newest first. Asks for the records that changed after the
 * watermark, or for the archive when they are many. Equal to it is asked for again: two can share a second.
 */
export async function* readChanges(
  ecosystem: Ecosystem,
  document: FeedDocument,
  context: FeedContext,
  archive: FeedRequest,
): AsyncGenerator<FeedItem> {
  const what = document.request.path;
  const limits = { what, lineLimitBytes: LINE_LIMIT_BYTES, limitLines: LIMIT_LINES };
  const { watermark } = context;
  const changed = new Set<string>();
  let newest = watermark;
  let read = 0;
  for await (const { number, text } of textLines(document.chunks(), limits)) {
    if (text === '') continue;
    const comma = text.indexOf(',');
    const modified = pastMoment(text.slice(0, comma), context.now);
    // The list of all ecosystems has the ecosystem in front of the id.
    const id =
      text
        .slice(comma + 1)
        .split('/')
        .at(-1) ?? '';
    if (comma < 0 || !DATE.test(text) || !ID.test(id)) {
      yield {
        kind: 'fault',
        record: `${what} line ${number}`.slice(0, 1_024),
        reason: 'is no time and id of a record',
      };
      continue;
    }
    read += 1;
    if (watermark !== null && modified !== null && modified < watermark) continue;
    // A date that lies ahead is a slip: the record is asked for, and the watermark stays where records really are.
    if (modified !== null && (newest === null || modified > newest)) newest = modified;
    if (changed.size <= RECORDS_ONE_BY_ONE_LIMIT) changed.add(id);
  }
  if (read === 0) throw new FeedError('malformed', `${what} names no record`);
  if (watermark === null || changed.size > RECORDS_ONE_BY_ONE_LIMIT) {
    yield { kind: 'request', request: archive };
    return;
  }
  for (const id of changed) {
    const path = `${encodeURIComponent(ecosystem.name)}/${encodeURIComponent(id)}.json`;
    const limitBytes = RECORD_LIMIT_BYTES;
    // Gone since the list was made, or at a mirror that has no single records: passed over, it would never be asked for again.
    const instead = { optional: true, otherwise: archive } as const;
    yield { kind: 'request', request: { path, role: 'record', packing: 'plain', limitBytes, ...instead } };
  }
  if (newest !== null) yield { kind: 'watermark', value: newest };
}
