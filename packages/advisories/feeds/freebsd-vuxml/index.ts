import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { xmlRecords } from '../../feed/xml.ts';
import { normaliseEntry } from './normalise.ts';

/** The document of all years has 15 MB. */
const LIMIT_BYTES = 512 * 1024 * 1024;
const LIMIT_RECORDS = 500_000;
/** The largest real entries, of browsers, have some 50,000. */
const RECORD_LIMIT_CHARACTERS = 2_000_000;

/** Vulnerabilities of FreeBSD's ports and packages, and of its base system. */
export const freebsdVuxml: Feed = {
  id: 'freebsd-vuxml',
  name: 'FreeBSD VuXML',
  publisher: 'FreeBSD ports security team',
  documentation: 'https://vuxml.freebsd.org/freebsd/',
  licence: 'BSD-2-Clause',
  namespaces: ['freebsd'],
  mode: 'snapshot',
  baseUrl: 'https://vuxml.freebsd.org/freebsd/',
  intervalHours: 6,
  limitRecords: LIMIT_RECORDS,
  start: () => [{ path: 'vuln.xml.xz', role: 'vuxml', packing: 'xz', limitBytes: LIMIT_BYTES }],
  read: readDocument,
};

async function* readDocument(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const what = 'the VuXML document';
  const limits = {
    what,
    limitRecords: LIMIT_RECORDS,
    recordLimitCharacters: RECORD_LIMIT_CHARACTERS,
    doctype: 'skipped',
  } as const;
  const seen = new Set<string>();
  let entries = 0;
  for await (const { element, sha256 } of xmlRecords(document.chunks(), ['vuln'], limits)) {
    entries += 1;
    yield* normaliseEntry(element, { sha256, seen, now: context.now });
  }
  if (entries === 0) throw new FeedError('malformed', `${what} holds no entry`);
}
