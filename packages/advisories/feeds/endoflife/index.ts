import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { jsonMembers } from '../../feed/json-stream.ts';
import { productOfApi, productOfSources } from './schema.ts';
import { normaliseProduct } from './normalise.ts';

/** The full answer has 8 MB. */
const LIMIT_BYTES = 256 * 1024 * 1024;
/** 8,351 release cycles of 464 products. */
const LIMIT_RECORDS = 500_000;
/** The largest product, with hundreds of cycles, has 300 kB. */
const RECORD_LIMIT_BYTES = 4 * 1024 * 1024;

/** Until when releases of products are supported: distributions, devices, databases, languages, applications. */
export const endoflife: Feed = {
  id: 'endoflife',
  name: 'endoflife.date',
  publisher: 'endoflife.date',
  documentation: 'https://endoflife.date/docs/api/v1/',
  licence: 'MIT',
  namespaces: ['*'],
  mode: 'snapshot',
  baseUrl: 'https://endoflife.date/api/v1/',
  intervalHours: 24,
  limitRecords: LIMIT_RECORDS,
  start: () => [{ path: 'products/full', role: 'api', packing: 'plain', limitBytes: LIMIT_BYTES }],
  read: readProducts,
};

async function* readProducts(document: FeedDocument, _context: FeedContext): AsyncGenerator<FeedItem> {
  const { role, path } = document.request;
  if (role !== 'api' && role !== 'sources') throw new FeedError('unsupported', `${path}: not a form of endoflife.date`);
  const limits = { what: path, limitRecords: LIMIT_RECORDS, recordLimitBytes: RECORD_LIMIT_BYTES };
  let products = 0;
  const selectors = role === 'api' ? ['$.result.*', '$.total'] : ['$.*'];
  let total: unknown = null;
  for await (const member of jsonMembers(document.chunks(), selectors, limits)) {
    if (member.selector === '$.total') {
      total = member.value;
      continue;
    }
    products += 1;
    const key = member.path.at(-1) ?? '';
    const product = role === 'api' ? productOfApi(member.value) : productOfSources(String(key), member.value);
    if (product === null)
      yield {
        kind: 'fault',
        record: `product ${String(key).slice(0, 100)}`,
        reason: 'is no product with its releases',
      };
    else yield* normaliseProduct(product, member.sha256);
  }
  if (products === 0) throw new FeedError('malformed', `${path} names no product`);
  if (total !== null && total !== products)
    throw new FeedError(
      'malformed',
      `${path} says that it has ${String(total).slice(0, 20)} products, and has ${products}`,
    );
}
