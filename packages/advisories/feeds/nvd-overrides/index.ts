import { Compile } from 'typebox/compile';
import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { provenanceOf } from '../../feed/record.ts';
import { normaliseOverride } from './normalise.ts';
import { overrideRequests } from './requests.ts';
import { NvdOverride } from './schema.ts';

const CHECK = Compile(NvdOverride);
/** The largest record (a list of every version of a product) has 300 kB. */
const LIMIT_RECORD_BYTES = 10_000_000;

export const nvdOverrides: Feed = {
  id: 'nvd-overrides',
  name: 'Product configurations for CVEs that NVD has not analysed',
  publisher: 'Anchore',
  documentation: 'https://github.com/anchore/nvd-data-overrides',
  licence: 'CC0',
  namespaces: ['cpe'],
  mode: 'snapshot',
  baseUrl: 'https://github.com/anchore/nvd-data-overrides/',
  intervalHours: 24,
  limitRecords: 1_000_000,
  start: overrideRequests,
  read: readOverrides,
};

async function* readOverrides(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  let records = 0;
  for await (const entry of document.entries()) {
    if (!/(^|\/)data\/[^/]+\/CVE-[^/]+\.json$/.test(entry.name)) continue;
    records += 1;
    if (entry.sizeBytes > LIMIT_RECORD_BYTES) {
      yield { kind: 'fault', record: entry.name, reason: `it has ${entry.sizeBytes} bytes: too large for a record` };
      continue;
    }
    const bytes = await entry.bytes();
    const record = jsonOrNull(bytes);
    if (CHECK.Check(record))
      yield* normaliseOverride(record, provenanceOf('nvd-overrides', record._annotation.cve_id, bytes), context.now);
    else yield { kind: 'fault', record: entry.name, reason: 'it is not an override of an NVD record' };
  }
  if (records === 0) throw new FeedError('malformed', `${document.request.path}: no record is in it`);
}

function jsonOrNull(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // Not JSON: told as a fault of this record.
    return null;
  }
}
