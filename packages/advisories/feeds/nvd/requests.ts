import type { FeedContext, FeedRequest } from '../../feed/index.ts';

const DAY_MS = 86_400_000;
/** The file `modified` holds the last eight days; one day is left for clocks and for a late synchronisation. */
const MODIFIED_FILE_DAYS = 7;
const FIRST_YEAR = 2002;
/** A year's file has up to 250 MB unpacked (2024). */
const LIMIT_FILE_BYTES = 2_000_000_000;
/** The API refuses longer ranges of `lastModStartDate` to `lastModEndDate`. */
const WINDOW_DAYS = 120;
/** The API's largest page. */
export const PAGE_RECORDS = 2_000;
const LIMIT_PAGE_BYTES = 200_000_000;
/** Changes are visible some minutes after the moment that they carry. */
const OVERLAP_MS = 3_600_000;

/** The yearly files at first and after a long pause, otherwise the file of what changed within eight days. */
export function fileRequests(context: FeedContext): readonly FeedRequest[] {
  const since = context.watermark === null ? Number.NaN : Date.parse(context.watermark);
  if (context.now.getTime() - since <= MODIFIED_FILE_DAYS * DAY_MS) return [file('modified')];
  const requests: FeedRequest[] = [];
  for (let year = FIRST_YEAR; year <= context.now.getUTCFullYear(); year += 1) requests.push(file(String(year)));
  return requests;
}

function file(name: string): FeedRequest {
  return { path: `nvdcve-2.0-${name}.json.gz`, role: 'records', packing: 'gzip', limitBytes: LIMIT_FILE_BYTES };
}

/** First pages: of everything at first, else of each window of at most 120 days since the watermark. */
export function apiRequests(context: FeedContext): readonly FeedRequest[] {
  const since = context.watermark === null ? Number.NaN : Date.parse(context.watermark) - OVERLAP_MS;
  if (Number.isNaN(since)) return [apiPage('', 0)];
  const requests: FeedRequest[] = [];
  for (let start = since; start < context.now.getTime(); start += WINDOW_DAYS * DAY_MS) {
    const end = Math.min(start + WINDOW_DAYS * DAY_MS, context.now.getTime());
    const [from, to] = [start, end].map((at) => encodeURIComponent(new Date(at).toISOString()));
    requests.push(apiPage(`lastModStartDate=${from}&lastModEndDate=${to}&`, 0));
  }
  return requests;
}

/** `window`: the query's part that selects the records, kept in the note so that the next page asks for the same. */
export function apiPage(window: string, startIndex: number): FeedRequest {
  return {
    path: `?${window}resultsPerPage=${PAGE_RECORDS}&startIndex=${startIndex}`,
    role: 'page',
    packing: 'plain',
    limitBytes: LIMIT_PAGE_BYTES,
    note: window,
  };
}
