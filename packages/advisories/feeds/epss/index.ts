import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { csvFields } from '../../feed/lines.ts';
import { pastDay } from '../../feed/moments.ts';
import { tableRows } from '../../feed/table-rows.ts';
import { normaliseRow } from './normalise.ts';

/** 370,000 rows have 10 MB. */
const LIMIT_BYTES = 512 * 1024 * 1024;
const LIMIT_RECORDS = 5_000_000;
const LINE_LIMIT_BYTES = 4_096;

/** How likely it is that a vulnerability is exploited within 30 days. */
export const epss: Feed = {
  id: 'epss',
  name: 'Exploit Prediction Scoring System',
  publisher: 'FIRST',
  documentation: 'https://www.first.org/epss/data_stats',
  licence: 'free with attribution',
  namespaces: ['*'],
  mode: 'snapshot',
  baseUrl: 'https://epss.empiricalsecurity.com/',
  intervalHours: 24,
  limitRecords: LIMIT_RECORDS,
  start: () => [{ path: 'epss_scores-current.csv.gz', role: 'scores', packing: 'gzip', limitBytes: LIMIT_BYTES }],
  read: readScores,
};

/** One row at a time: the file is never in memory as a whole. */
async function* readScores(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const what = 'the EPSS scores';
  const limits = { what, lineLimitBytes: LINE_LIMIT_BYTES, limitLines: LIMIT_RECORDS };
  let scoredOn: string | null = null;
  let scores = 0;
  const rows = tableRows(document.chunks(), limits, {
    header: (text) => {
      // The comment came with version 2 of the model: `#model_version:v2025.03.14,score_date:2026-08-16T00:00:00+0000`.
      if (!text.startsWith('#')) return expectHeader(what, text);
      scoredOn = pastDay(/score_date:([^,]+)/.exec(text)?.[1], context.now);
      return false;
    },
    row: (text, number) => normaliseRow(csvFields(text), { number, text, scoredOn }),
  });
  for await (const item of rows) {
    if (item.kind === 'fact') scores += 1;
    yield item;
  }
  if (scores === 0) throw new FeedError('malformed', `${what} hold no score`);
}

function expectHeader(what: string, text: string): true {
  if (text === 'cve,epss,percentile') return true;
  // Files of before September 2021 lack the percentile.
  if (text === 'cve,epss') throw new FeedError('unsupported', `${what} are of the first form, without percentiles`);
  throw new FeedError('malformed', `${what} do not begin with the line cve,epss,percentile`);
}
