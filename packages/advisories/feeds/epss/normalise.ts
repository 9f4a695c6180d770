import type { FeedItem } from '../../feed/index.ts';
import { line, provenanceOf } from '../../feed/record.ts';

const CVE = /^CVE-\d{4}-\d{4,19}$/;
/** A plain number from 0 to 1, at most with an exponent: `0.00042`, `1.0`, `4.2e-05`. */
const SHARE = /^(?:0|1)(?:\.\d{1,20})?$|^\d(?:\.\d{1,20})?e-\d{1,3}$/;

interface Row {
  readonly number: number;
  readonly text: string;
  readonly scoredOn: string | null;
}

/** One row: CVE, probability, percentile. */
export function normaliseRow(fields: readonly string[] | null, row: Row): FeedItem {
  const [vulnerability = '', epss = '', percentile = ''] = fields ?? [];
  const probability = shareOf(epss);
  const rank = shareOf(percentile);
  if (fields?.length !== 3 || !CVE.test(vulnerability) || probability === null || rank === null)
    return { kind: 'fault', record: `line ${row.number}`, reason: `is no score: ${line(row.text.slice(0, 100))}` };
  return {
    kind: 'fact',
    fact: {
      body: { kind: 'epss', vulnerability, probability, percentile: rank, scoredOn: row.scoredOn },
      provenance: provenanceOf('epss', vulnerability, row.text),
    },
  };
}

function shareOf(text: string): number | null {
  const value = SHARE.test(text) ? Number(text) : Number.NaN;
  return value >= 0 && value <= 1 ? value : null;
}
