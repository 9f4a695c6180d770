import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { csvFields, textLines } from '../../feed/lines.ts';
import { normaliseRelease, type Distribution } from './normalise.ts';

/** Each table has 5 kB. */
const LIMIT_BYTES = 4 * 1024 * 1024;
const LIMIT_LINES = 10_000;
const LINE_LIMIT_BYTES = 16 * 1024;

/** How long Debian's and Ubuntu's releases are supported. */
export const distroInfo: Feed = {
  id: 'distro-info',
  name: 'Releases of Debian and Ubuntu',
  publisher: 'Debian, Ubuntu (distro-info-data)',
  documentation: 'https://salsa.debian.org/debian/distro-info-data',
  licence: 'ISC',
  namespaces: ['debian', 'ubuntu'],
  mode: 'snapshot',
  baseUrl: 'https://salsa.debian.org/debian/distro-info-data/-/raw/main/',
  intervalHours: 24,
  limitRecords: LIMIT_LINES,
  start: () =>
    ['debian', 'ubuntu'].map((role) => ({ path: `${role}.csv`, role, packing: 'plain', limitBytes: LIMIT_BYTES })),
  read: readTable,
};

async function* readTable(document: FeedDocument, _context: FeedContext): AsyncGenerator<FeedItem> {
  const { role, path } = document.request;
  if (role !== 'debian' && role !== 'ubuntu')
    throw new FeedError('unsupported', `${path}: a table of another distribution`);
  const distribution: Distribution = role;
  const limits = { what: path, lineLimitBytes: LINE_LIMIT_BYTES, limitLines: LIMIT_LINES, complete: true };
  let columns: readonly string[] | null = null;
  let facts = 0;
  for await (const { number, text } of textLines(document.chunks(), limits)) {
    if (text === '') continue;
    const fields = csvFields(text);
    if (columns === null) {
      columns = fields ?? [];
      for (const column of ['version', 'codename', 'series', 'eol'])
        if (!columns.includes(column))
          throw new FeedError('malformed', `${path} has no column ${column}: it is not the table of releases`);
      continue;
    }
    const row = new Map(columns.map((column, index) => [column, fields?.[index] ?? '']));
    const item = normaliseRelease(distribution, row, { number, text });
    if (item.kind === 'fact') facts += 1;
    yield item;
  }
  if (facts === 0) throw new FeedError('malformed', `${path} names no release`);
}
