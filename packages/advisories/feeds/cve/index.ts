import { Compile } from 'typebox/compile';
import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { provenanceOf } from '../../feed/record.ts';
import { normaliseCve } from './normalise.ts';
import { archiveRequest, changedRecords, LIMIT_RECORD_BYTES, listRequests } from './requests.ts';
import { CveRecord } from './schema.ts';

const CHECK = Compile(CveRecord);
const LIMIT_RECORDS = 4_000_000;

/** CISA's enrichment: the records of recent years with SSVC, CVSS and CPE names. */
export const vulnrichment: Feed = {
  id: 'cve-vulnrichment',
  name: 'CISA Vulnrichment',
  publisher: 'CISA',
  documentation: 'https://github.com/cisagov/vulnrichment',
  licence: 'CC0',
  namespaces: ['*'],
  mode: 'snapshot',
  baseUrl: 'https://github.com/cisagov/vulnrichment/',
  intervalHours: 24,
  limitRecords: LIMIT_RECORDS,
  start: () => [archiveRequest('develop')],
  read: (document, context) => readArchive('cve-vulnrichment', document, context),
};

/** All CVE records, with the enrichment in them. On request: what is needed of them comes with other feeds, too. */
export const cveList: Feed = {
  id: 'cve',
  name: 'CVE records',
  publisher: 'CVE Program',
  documentation: 'https://github.com/CVEProject/cvelistV5',
  licence: 'CVE Program terms of use',
  namespaces: ['*'],
  onRequest: 'cve-vulnrichment has what decides priorities',
  mode: 'delta',
  baseUrl: 'https://github.com/CVEProject/cvelistV5/',
  intervalHours: 6,
  limitRecords: LIMIT_RECORDS,
  start: listRequests,
  read: readList,
};

async function* readList(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  switch (document.request.role) {
    case 'log':
      yield* changedRecords(document, context);
      return;
    case 'archive':
      yield* readArchive('cve', document, context);
      yield { kind: 'watermark', value: context.now.toISOString() };
      return;
    default:
      yield* recordItems('cve', document.request.path, await document.bytes(), context.now);
  }
}

async function* readArchive(feed: string, document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  let records = 0;
  for await (const entry of document.entries()) {
    const name = /(?:^|\/)(CVE-\d+-\d+)\.json$/.exec(entry.name)?.[1];
    if (name === undefined) continue;
    records += 1;
    if (entry.sizeBytes > LIMIT_RECORD_BYTES)
      yield {
        kind: 'fault',
        record: name.slice(0, 200),
        reason: `it has ${entry.sizeBytes} bytes, too many for a record`,
      };
    else
      for (const item of recordItems(feed, name, await entry.bytes(), context.now))
        // The archive is everything: nothing need be taken back one by one.
        if (item.kind !== 'removed') yield item;
  }
  if (records === 0) throw new FeedError('malformed', `${document.request.path}: no CVE record is in it`);
}

function* recordItems(feed: string, name: string, bytes: Uint8Array, now: Date): Generator<FeedItem> {
  const record = jsonOrNull(bytes);
  if (CHECK.Check(record)) yield* normaliseCve(record, provenanceOf(feed, record.cveMetadata.cveId, bytes), now);
  else yield { kind: 'fault', record: name.slice(0, 1024), reason: 'it is not a CVE record of version 5' };
}

function jsonOrNull(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // Not JSON: told as a fault of this record.
    return null;
  }
}
