import { Compile } from 'typebox/compile';
import { jsonMembers } from '../../feed/json-stream.ts';
import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { normaliseNvd } from './normalise.ts';
import { apiPage, apiRequests, fileRequests } from './requests.ts';
import { NvdCve } from './schema.ts';

/** NVD has 300,000 CVEs, each a description and perhaps an advisory. */
const LIMIT_RECORDS = 4_000_000;

const CHECK = Compile(NvdCve);

const COMMON = {
  publisher: 'NIST',
  documentation: 'https://nvd.nist.gov/developers/vulnerabilities',
  licence: 'public domain',
  mode: 'delta',
  limitRecords: LIMIT_RECORDS,
} as const;

/** The files of NVD: yearly ones at first, then the one of what changed. */
export const nvd: Feed = {
  ...COMMON,
  id: 'nvd',
  name: 'National Vulnerability Database',
  namespaces: ['cpe'],
  baseUrl: 'https://nvd.nist.gov/feeds/json/cve/2.0/',
  intervalHours: 2,
  start: fileRequests,
  read: (document, context) => readRecords('nvd', document, context),
};

/** The same records by NVD's API, on request: for sites that may not download files of this size. */
export const nvdApi: Feed = {
  ...COMMON,
  id: 'nvd-api',
  name: 'National Vulnerability Database (API)',
  namespaces: ['cpe'],
  onRequest: 'nvd has the same records as files',
  baseUrl: 'https://services.nvd.nist.gov/rest/json/cves/2.0/',
  intervalHours: 2,
  // Without an API key; with one it is 50 (https://nvd.nist.gov/developers/start-here).
  pace: { requests: 5, perSeconds: 30 },
  start: apiRequests,
  read: (document, context) => readRecords('nvd-api', document, context),
};

async function* readRecords(feed: string, document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const what = document.request.path;
  const counts = new Map<string, number>();
  const selectors = ['$.vulnerabilities.*', '$.startIndex', '$.resultsPerPage', '$.totalResults'];
  let records = 0;
  for await (const { selector, value, path, sha256 } of jsonMembers(document.chunks(), selectors, {
    what,
    limitRecords: LIMIT_RECORDS,
  })) {
    if (selector !== '$.vulnerabilities.*') {
      if (typeof value === 'number') counts.set(selector.slice(2), value);
      continue;
    }
    records += 1;
    const cve: unknown = typeof value === 'object' && value !== null && 'cve' in value ? value.cve : null;
    if (CHECK.Check(cve)) yield* normaliseNvd(cve, { feed, record: cve.id, sha256 }, context.now);
    else yield { kind: 'fault', record: `record ${path.at(-1) ?? records}`, reason: 'it is not an NVD 2.0 record' };
  }
  if (document.request.role === 'page') yield* nextPage(document, counts, records);
  yield { kind: 'watermark', value: context.now.toISOString() };
}

/** The total may grow while pages are read: what the page itself says decides whether another follows. */
function* nextPage(document: FeedDocument, counts: ReadonlyMap<string, number>, records: number): Generator<FeedItem> {
  const [start, total] = [counts.get('startIndex'), counts.get('totalResults')];
  if (start === undefined || total === undefined)
    throw new FeedError('malformed', `${document.request.path}: the page does not say where it stands`);
  if (start + records >= total) return;
  if (records === 0) throw new FeedError('malformed', `${document.request.path}: an empty page before the end`);
  yield { kind: 'request', request: apiPage(document.request.note ?? '', start + records) };
}
