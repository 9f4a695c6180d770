import type { ArchivePacking, Feed, FeedContext, FeedDocument, FeedItem } from '../feed.ts';
import { FeedError } from '../feed-error.ts';
import {
  changedDocuments,
  changesRequest,
  deletedDocuments,
  deletionsRequest,
  FILE_TIME_OVERLAP_MS,
} from './directory.ts';
import { csafItems, LIMIT_DOCUMENT_BYTES } from './document-items.ts';

/** Red Hat's VEX archive has 40 GB unpacked. */
const LIMIT_ARCHIVE_BYTES = 15_000_000_000;

export interface ArchiveOptions {
  /** Where the first synchronisation gets everything at once. */
  readonly archive:
    | { readonly path: string; readonly packing: ArchivePacking }
    /** A text that names the archive, and how such an archive is packed. */
    | { readonly namedBy: string; readonly packing: ArchivePacking }
    /** None: every document one by one. */
    | null;
  /** Whether what is gone is listed in `deletions.csv`. */
  readonly deletions?: boolean;
}

type Described = Pick<
  Feed,
  'id' | 'name' | 'publisher' | 'documentation' | 'licence' | 'namespaces' | 'onRequest' | 'baseUrl' | 'intervalHours'
>;

/** A publisher with a directory-based distribution: an archive of everything at first, then what `changes.csv` lists. */
export function csafArchiveFeed(described: Described, { archive, deletions = false }: ArchiveOptions): Feed {
  return {
    ...described,
    mode: 'delta',
    limitRecords: 2_000_000,
    start: ({ watermark }) => {
      if (watermark !== null || archive === null)
        return deletions ? [changesRequest(''), deletionsRequest()] : [changesRequest('')];
      if ('namedBy' in archive)
        return [{ path: archive.namedBy, role: 'archive-name', packing: 'plain', limitBytes: 4_096 }];
      return [{ path: archive.path, role: 'archive', packing: archive.packing, limitBytes: LIMIT_ARCHIVE_BYTES }];
    },
    read: (document, context) => readArchiveFeed(described.id, archive?.packing ?? 'tar.gz', document, context),
  };
}

async function* readArchiveFeed(
  feed: string,
  packing: ArchivePacking,
  document: FeedDocument,
  context: FeedContext,
): AsyncGenerator<FeedItem> {
  switch (document.request.role) {
    case 'archive-name': {
      const name = Buffer.from(await document.bytes())
        .toString('utf8')
        .trim();
      if (!/^[\w.-]{1,200}$/.test(name))
        throw new FeedError('malformed', `${document.request.path} does not name an archive`);
      yield { kind: 'request', request: { path: name, role: 'archive', packing, limitBytes: LIMIT_ARCHIVE_BYTES } };
      return;
    }
    case 'archive':
      yield* readArchive(feed, document, context);
      return;
    case 'changes':
      yield* changedDocuments(document, context, FILE_TIME_OVERLAP_MS);
      return;
    case 'deletions':
      yield* deletedDocuments(document, context);
      return;
    default:
      yield* csafItems(feed, document.request.path, await document.bytes(), context.now);
  }
}

/** The newest document's time is where `changes.csv` is read on from. */
async function* readArchive(feed: string, document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  let newest: string | null = null;
  let documents = 0;
  for await (const entry of document.entries()) {
    if (!entry.name.endsWith('.json') || /(^|\/)(provider-metadata|ssa-feed|index)[^/]*\.json$/.test(entry.name))
      continue;
    documents += 1;
    if (entry.sizeBytes > LIMIT_DOCUMENT_BYTES) {
      yield {
        kind: 'fault',
        record: entry.name.slice(0, 1024),
        reason: `it has ${entry.sizeBytes} bytes, too many for a document`,
      };
      continue;
    }
    for (const item of csafItems(feed, entry.name, await entry.bytes(), context.now)) {
      const modified = item.kind === 'advisory' ? item.advisory.modified : null;
      if (modified !== null && (newest === null || modified > newest)) newest = modified;
      yield item;
    }
  }
  if (documents === 0) throw new FeedError('malformed', `${document.request.path}: no document is in it`);
  if (newest !== null) yield { kind: 'watermark', value: newest };
}
