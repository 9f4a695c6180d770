import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { line } from '../../feed/record.ts';
import { xmlRecords, type XmlElement } from '../../feed/xml.ts';
import type { FactOf } from '../../model/index.ts';
import { normaliseVulnerability, repairsOf } from './normalise.ts';
import { monthRequests, updatesRequest } from './requests.ts';

const LIMIT_RECORDS = 1_000_000;
/** Complaints about one vulnerability: the first are enough to see what is wrong. */
const LIMIT_COMPLAINTS = 5;

export const microsoftCvrf: Feed = {
  id: 'microsoft-cvrf',
  name: 'Microsoft security updates',
  publisher: 'Microsoft Security Response Center',
  documentation: 'https://msrc.microsoft.com/update-guide/',
  licence: 'not stated',
  namespaces: ['windows'],
  mode: 'delta',
  baseUrl: 'https://api.msrc.microsoft.com/cvrf/v3.0/',
  intervalHours: 12,
  limitRecords: LIMIT_RECORDS,
  start: () => [updatesRequest()],
  read: (document, context) =>
    document.request.role === 'updates' ? monthRequests(document, context) : readMonth(document, context),
};

async function* readMonth(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const what = document.request.path;
  const month = document.request.note ?? 'month';
  const products = new Map<string, string>();
  // Read twice: the tree's place in the document is nowhere promised.
  for await (const { element } of xmlRecords(document.chunks(), ['ProductTree'], { what, limitRecords: 10 }))
    collectProducts(element, products);
  if (products.size === 0) throw new FeedError('malformed', `${what}: it is no CVRF document with products`);
  const updates = new Map<string, { supersedes: Set<string>; products: Set<string>; sha256: string }>();
  const seen = new Set<string>();
  let records = 0;
  for await (const { element, sha256 } of xmlRecords(document.chunks(), ['Vulnerability'], {
    what,
    limitRecords: LIMIT_RECORDS,
  })) {
    records += 1;
    const complaints = new Set<string>();
    const record = `${month}/${element.attributes.get('Ordinal') ?? records}`.slice(0, 200);
    const provenance = { feed: 'microsoft-cvrf', record, sha256 };
    const advisory = normaliseVulnerability(element, products, month, provenance, context.now, (reason) =>
      complaints.add(reason),
    );
    if (advisory !== null && seen.has(advisory.id))
      complaints.add(`${advisory.id} is there twice, only the first is kept`);
    else if (advisory !== null) {
      seen.add(advisory.id);
      yield { kind: 'advisory', advisory };
    }
    for (const reason of [...complaints].slice(0, LIMIT_COMPLAINTS)) yield { kind: 'fault', record, reason };
    for (const { update, supersedes, productIds } of repairsOf(element)) {
      if (update === null) continue;
      const known = updates.get(update) ?? { supersedes: new Set(), products: new Set(), sha256 };
      for (const older of supersedes) if (older !== update) known.supersedes.add(older);
      for (const id of productIds) known.products.add(line(products.get(id) ?? id));
      updates.set(update, known);
    }
  }
  for (const [update, { supersedes, products: titles, sha256 }] of updates) {
    const body: FactOf<'supersedence'> = {
      kind: 'supersedence',
      update,
      supersedes: [...supersedes].sort().slice(0, 10_000),
      products: [...titles].sort().slice(0, 10_000),
    };
    yield {
      kind: 'fact',
      fact: { body, provenance: { feed: 'microsoft-cvrf', record: `${month}/${update}`, sha256 } },
    };
  }
}

/** `FullProductName` elements at any depth; the reader of XML has limited it. */
function collectProducts(element: XmlElement, products: Map<string, string>): void {
  if (element.name === 'FullProductName') {
    const id = element.attributes.get('ProductID') ?? '';
    const title = element.text.replace(/\s+/g, ' ').trim();
    if (id !== '' && title !== '' && !products.has(id)) products.set(id, title);
  }
  for (const child of element.children) collectProducts(child, products);
}
