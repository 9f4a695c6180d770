import { FeedError } from '../feed-error.ts';
import type { FeedContext, FeedDocument, FeedItem, FeedRequest } from '../feed.ts';
import { csvFields, textLines } from '../lines.ts';
import { pastMoment } from '../moments.ts';
import { LIMIT_DOCUMENT_BYTES } from './document-items.ts';

const LIMIT_LINE_BYTES = 4_096;
/** Red Hat has 300,000 VEX documents. */
const LIMIT_DOCUMENTS = 2_000_000;
const LIMIT_LIST_BYTES = 256_000_000;
/** A document that changed while the last synchronisation ran is asked for again: a change can carry an earlier time. */
const OVERLAP_MS = 6 * 3_600_000;

/** `changes.csv` of a directory-based distribution (CSAF 2.0, 7.1.13). `folder` ends in a slash, or is empty. */
export function changesRequest(folder: string, optional = false): FeedRequest {
  return {
    path: `${folder}changes.csv`,
    role: 'changes',
    packing: 'plain',
    limitBytes: LIMIT_LIST_BYTES,
    note: folder,
    ...(optional ? { optional } : {}),
  };
}

export function documentRequest(path: string): FeedRequest {
  // A document may be gone by the time it is asked for.
  return { path, role: 'document', packing: 'plain', limitBytes: LIMIT_DOCUMENT_BYTES, optional: true };
}

/** Requests for what changed after the watermark, which then moves to the newest change. */
export async function* changedDocuments(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const what = document.request.path;
  const since = sinceMs(context.watermark);
  const folder = document.request.note ?? '';
  let newest: string | null = null;
  let entries = 0;
  for await (const { text, number } of textLines(document.chunks(), {
    what,
    lineLimitBytes: LIMIT_LINE_BYTES,
    limitLines: LIMIT_DOCUMENTS,
  })) {
    if (text === '') continue;
    const [path, stamp] = csvFields(text) ?? [];
    const moment = pastMoment(stamp, context.now);
    if (path === undefined || moment === null || !isSafePath(path)) {
      // The column names that some providers write above.
      if (number > 1) yield { kind: 'fault', record: `${what}, line ${number}`, reason: 'it is not a path and a time' };
      continue;
    }
    entries += 1;
    if (newest === null || moment > newest) newest = moment;
    if (Date.parse(moment) >= since) yield { kind: 'request', request: documentRequest(`${folder}${path}`) };
  }
  if (entries === 0) throw new FeedError('malformed', `${what}: it lists no document`);
  if (newest !== null) yield { kind: 'watermark', value: newest };
}

/** Milliseconds since 1970 from which on a change counts as new; no watermark: all are. */
export function sinceMs(watermark: string | null): number {
  const at = watermark === null ? Number.NaN : Date.parse(watermark);
  return Number.isNaN(at) ? Number.NEGATIVE_INFINITY : at - OVERLAP_MS;
}

/** Relative, without a way up, and a JSON document. */
function isSafePath(path: string): boolean {
  return (
    /^[\w./+@%~()-]{1,512}\.json$/.test(path) && !path.startsWith('/') && !path.includes('..') && !path.includes('//')
  );
}
