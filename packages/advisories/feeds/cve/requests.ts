import { FeedError, type FeedContext, type FeedDocument, type FeedItem, type FeedRequest } from '../../feed/index.ts';
import { jsonMembers } from '../../feed/json-stream.ts';
import { pastMoment } from '../../feed/moments.ts';

/** 330,000 records have 3 GB unpacked. */
const LIMIT_ARCHIVE_BYTES = 15_000_000_000;
const LIMIT_LOG_BYTES = 512_000_000;
export const LIMIT_RECORD_BYTES = 64_000_000;
/** More changes than this are fetched faster as the whole archive. */
const LIMIT_CHANGES = 20_000;
/** Changes are visible some minutes after their time. */
const OVERLAP_MS = 3_600_000;

export function archiveRequest(branch: string): FeedRequest {
  return {
    path: `archive/refs/heads/${branch}.tar.gz`,
    role: 'archive',
    packing: 'tar.gz',
    limitBytes: LIMIT_ARCHIVE_BYTES,
  };
}

/** Everything at first, then the log of changes, which reaches back about 30 days. */
export function listRequests({ watermark }: FeedContext): readonly FeedRequest[] {
  if (watermark === null) return [archiveRequest('main')];
  return [{ path: 'raw/main/cves/deltaLog.json', role: 'log', packing: 'plain', limitBytes: LIMIT_LOG_BYTES }];
}

/** Requests for the records that changed since the watermark; for the archive when the log does not reach back to it. */
export async function* changedRecords(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const what = document.request.path;
  const since = Date.parse(context.watermark ?? '') - OVERLAP_MS;
  const changed = new Set<string>();
  let oldest = Number.POSITIVE_INFINITY;
  let newest: string | null = null;
  for await (const { value } of jsonMembers(document.chunks(), ['$.*'], { what, limitRecords: 1_000_000 })) {
    const moment = isEntry(value) ? pastMoment(value.fetchTime, context.now) : null;
    if (!isEntry(value) || moment === null) {
      yield { kind: 'fault', record: what, reason: 'an entry of the log has no time' };
      continue;
    }
    oldest = Math.min(oldest, Date.parse(moment));
    if (newest === null || moment > newest) newest = moment;
    // `NaN` (a watermark that is no time) makes every entry new.
    if (Date.parse(moment) < since) continue;
    for (const list of [value.new, value.updated]) for (const id of idsOf(list)) changed.add(id);
  }
  if (newest === null) throw new FeedError('malformed', `${what}: it is not a log of changes`);
  if (!(oldest <= since) || changed.size > LIMIT_CHANGES) yield { kind: 'request', request: archiveRequest('main') };
  else for (const id of changed) yield { kind: 'request', request: recordRequest(id) };
  yield { kind: 'watermark', value: newest };
}

function recordRequest(id: string): FeedRequest {
  const [, year = '', number = ''] = id.split('-');
  const path = `raw/main/cves/${year}/${number.slice(0, -3)}xxx/${id}.json`;
  return { path, role: 'record', packing: 'plain', limitBytes: LIMIT_RECORD_BYTES, optional: true };
}

function isEntry(value: unknown): value is { fetchTime: unknown; new?: unknown; updated?: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'fetchTime');
}

function idsOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const id = typeof entry === 'object' && entry !== null && 'cveId' in entry ? entry.cveId : null;
    return typeof id === 'string' && /^CVE-\d{4}-\d{4,19}$/.test(id) ? [id] : [];
  });
}
