import { FeedError } from '../feed-error.ts';
import type { FeedContext, FeedDocument, FeedItem, FeedRequest } from '../feed.ts';
import { csvFields, textLines } from '../lines.ts';
import { pastMoment } from '../moments.ts';
import { LIMIT_DOCUMENT_BYTES } from './document-items.ts';

const LIMIT_LINE_BYTES = 4_096;
/** Red Hat has 300,000 VEX documents. */
const LIMIT_DOCUMENTS = 2_000_000;
const LIMIT_LIST_BYTES = 256_000_000;
/** Times of files: a document that changed while the last synchronisation ran is asked for again. */
export const FILE_TIME_OVERLAP_MS = 3_600_000;
/** Times that people state: many write a day only, and publish in the course of it or after. */
export const STATED_TIME_OVERLAP_MS = 3 * 86_400_000;

/** `changes.csv` of a directory-based distribution (CSAF 2.0, 7.1.13). `folder` ends in a slash, or is empty. */
export function changesRequest(folder: string): FeedRequest {
  return {
    path: `${folder}changes.csv`,
    role: 'changes',
    packing: 'plain',
    limitBytes: LIMIT_LIST_BYTES,
    note: folder,
  };
}

export function documentRequest(path: string): FeedRequest {
  // A document may be gone by the time it is asked for.
  return { path, role: 'document', packing: 'plain', limitBytes: LIMIT_DOCUMENT_BYTES, optional: true };
}

/** Requests for what changed after the watermark, which then moves to the newest change. */
export async function* changedDocuments(
  document: FeedDocument,
  context: FeedContext,
  overlapMs: number,
): AsyncGenerator<FeedItem> {
  const what = document.request.path;
  const since = sinceMs(context.watermark, overlapMs);
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

/**
 * What `deletions.csv` lists (Red Hat) is gone: `2024/rhsa-2024_1234.json` was RHSA-2024:1234. Only what was deleted after
 * the watermark.
 */
export async function* deletedDocuments(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const what = document.request.path;
  const since = sinceMs(context.watermark, FILE_TIME_OVERLAP_MS);
  for await (const { text, number } of textLines(document.chunks(), {
    what,
    lineLimitBytes: LIMIT_LINE_BYTES,
    limitLines: LIMIT_DOCUMENTS,
  })) {
    if (text === '') continue;
    const [path, stamp] = csvFields(text) ?? [];
    const moment = pastMoment(stamp, context.now);
    const id = /(?:^|\/)([a-z]{2,8}-[\w-]{1,80})\.json$/.exec(path ?? '')?.[1];
    if (id === undefined || moment === null)
      yield { kind: 'fault', record: `${what}, line ${number}`, reason: 'it is not a document and a time' };
    else if (Date.parse(moment) >= since) yield { kind: 'removed', id: id.toUpperCase().replace('_', ':') };
  }
}

export function deletionsRequest(): FeedRequest {
  return { path: 'deletions.csv', role: 'deletions', packing: 'plain', limitBytes: LIMIT_LIST_BYTES, optional: true };
}

/** Milliseconds since 1970 from which on a change counts as new; no watermark: all are. */
export function sinceMs(watermark: string | null, overlapMs: number): number {
  const at = watermark === null ? Number.NaN : Date.parse(watermark);
  return Number.isNaN(at) ? Number.NEGATIVE_INFINITY : at - overlapMs;
}

/** Relative, without a way up, and a JSON document. */
function isSafePath(path: string): boolean {
  return (
    /^[\w./+@%~()-]{1,512}\.json$/.test(path) && !path.startsWith('/') && !path.includes('..') && !path.includes('//')
  );
}
