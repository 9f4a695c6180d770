import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { jsonMembers } from '../../feed/json-stream.ts';
import { normaliseEntry } from './normalise.ts';

/** The catalogue has 1.6 MB after five years. */
const LIMIT_BYTES = 64 * 1024 * 1024;
const LIMIT_RECORDS = 200_000;
/** The largest entry has 4 kB. */
const RECORD_LIMIT_BYTES = 4 * 1024 * 1024;

/** Vulnerabilities that are known to be exploited. */
export const kev: Feed = {
  id: 'kev',
  name: 'Known Exploited Vulnerabilities catalogue',
  publisher: 'CISA',
  documentation: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog',
  licence: 'CC0',
  namespaces: ['*'],
  mode: 'snapshot',
  baseUrl: 'https://www.cisa.gov/sites/default/files/feeds/',
  intervalHours: 6,
  limitRecords: LIMIT_RECORDS,
  start: () => [
    { path: 'known_exploited_vulnerabilities.json', role: 'catalogue', packing: 'plain', limitBytes: LIMIT_BYTES },
  ],
  read: readCatalogue,
};

async function* readCatalogue(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const limits = { what: 'the KEV catalogue', limitRecords: LIMIT_RECORDS, recordLimitBytes: RECORD_LIMIT_BYTES };
  let stated: unknown = null;
  let entries = 0;
  for await (const member of jsonMembers(document.chunks(), ['$.vulnerabilities.*', '$.count'], limits)) {
    if (member.selector === '$.count') {
      stated = member.value;
      continue;
    }
    entries += 1;
    yield normaliseEntry(member, context.now);
  }
  // Fewer would silently take back that something is exploited.
  if (stated !== entries)
    throw new FeedError(
      'malformed',
      `${limits.what} says that it has ${String(stated).slice(0, 20)} entries, and has ${entries}: it is not whole`,
    );
}
