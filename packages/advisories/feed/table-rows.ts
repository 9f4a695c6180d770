import { FeedError } from './feed-error.ts';
import type { FeedItem } from './feed.ts';
import { textLines, type LineLimits } from './lines.ts';

/** After so many rows that are none, and no good one, it is another kind of file. */
const LIMIT_FIRST_FAULTS = 1_000;

export interface TableReading {
  /** Asked with each line until it says that this was the header; throws where the document is another one. */
  readonly header: (text: string) => boolean;
  readonly row: (text: string, number: number) => FeedItem;
}

/**
 * Reads a table of a line per record, holding one line at a time. Throws a FeedError `malformed` for a document that has
 * no header, or nothing but rows that are none; else as `textLines`.
 */
export async function* tableRows(
  chunks: AsyncIterable<Uint8Array>,
  limits: LineLimits,
  { header, row }: TableReading,
): AsyncGenerator<FeedItem> {
  let headed = false;
  let good = 0;
  let faults = 0;
  for await (const { number, text } of textLines(chunks, limits)) {
    if (text === '') continue;
    if (!headed) {
      headed = header(text);
      continue;
    }
    const item = row(text, number);
    if (item.kind === 'fault') faults += 1;
    else good += 1;
    if (good === 0 && faults >= LIMIT_FIRST_FAULTS)
      throw new FeedError('malformed', `${limits.what}: ${faults} rows, and none of them is understood`);
    yield item;
  }
  if (!headed) throw new FeedError('malformed', `${limits.what}: the line of column names is missing`);
}
