import { FeedError } from './feed-error.ts';
import type { FeedDocument, FeedItem } from './feed.ts';
import { line } from './record.ts';

export interface ArchivedRecord {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * Records are texts written by hand, the largest of some 20 kB. The readers of YAML take time by the square of a hostile
 * text's length: at this one seconds, at half a megabyte minutes.
 */
const RECORD_LIMIT_BYTES = 64 * 1024;

/**
 * Reads the files of an archive that `isRecord` names as texts, each by itself. One that is too long or no UTF-8 is a
 * fault; an archive without a single advisory is malformed.
 */
export async function* archivedRecords(
  document: FeedDocument,
  isRecord: (name: string) => boolean,
  read: (record: ArchivedRecord) => Iterable<FeedItem>,
): AsyncGenerator<FeedItem> {
  let advisories = 0;
  for await (const entry of document.entries()) {
    if (!isRecord(entry.name)) continue;
    if (entry.sizeBytes > RECORD_LIMIT_BYTES) {
      yield { kind: 'fault', record: line(entry.name), reason: `the record has more than ${RECORD_LIMIT_BYTES} bytes` };
      continue;
    }
    const bytes = await entry.bytes();
    const text = utf8(bytes);
    if (text === null) {
      yield { kind: 'fault', record: line(entry.name), reason: 'the record is no UTF-8' };
      continue;
    }
    for (const item of read({ name: entry.name, bytes, text })) {
      if (item.kind === 'advisory') advisories += 1;
      yield item;
    }
  }
  if (advisories === 0) throw new FeedError('malformed', `${document.request.path} holds no advisory`);
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
