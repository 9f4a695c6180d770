import type { Feed, FeedContext, FeedDocument, FeedItem, FeedRequest } from '../../feed/index.ts';
import { readArchive } from './archive.ts';
import { readChanges } from './changes.ts';
import { ECOSYSTEMS, type Ecosystem } from './ecosystems.ts';
import { readOne } from './one-record.ts';

/** Unpacked: npm's and Ubuntu's exports have a few GB. */
const ARCHIVE_LIMIT_BYTES = 12 * 1024 ** 3;
/** npm's list of 250,000 ids has 12 MB. */
const CHANGES_LIMIT_BYTES = 256 * 1024 ** 2;

/** Every ecosystem of the OSV schema that Thimble can compare versions of, one feed each. */
export const osvFeeds: readonly Feed[] = ECOSYSTEMS.map(feedOf);

function feedOf(ecosystem: Ecosystem): Feed {
  const { archive } = ecosystem;
  const id = `osv-${ecosystem.id}`;
  return {
    id,
    name: archive === undefined ? `${ecosystem.name} (OSV)` : `${ecosystem.publisher} (OSV)`,
    publisher: ecosystem.publisher,
    documentation: 'https://google.github.io/osv.dev/data/',
    licence: ecosystem.licence,
    namespaces: [ecosystem.namespace],
    ...(ecosystem.onRequest === undefined ? {} : { onRequest: ecosystem.onRequest }),
    mode: archive === undefined ? 'delta' : 'snapshot',
    baseUrl: archive?.baseUrl ?? 'https://osv-vulnerabilities.storage.googleapis.com/',
    intervalHours: archive === undefined ? 4 : 24,
    limitRecords: 1_000_000,
    start: (context) => [firstRequest(ecosystem, context)],
    read: (document, context) => read(ecosystem, id, document, context),
  };
}

function firstRequest(ecosystem: Ecosystem, context: FeedContext): FeedRequest {
  if (ecosystem.archive !== undefined) return archiveRequest(ecosystem.archive.path);
  const otherwise = archiveRequest(archivePath(ecosystem));
  if (context.watermark === null) return otherwise;
  const path = `${encodeURIComponent(ecosystem.name)}/modified_id.csv`;
  // A mirror has the archive alone.
  return { path, role: 'changes', packing: 'plain', limitBytes: CHANGES_LIMIT_BYTES, optional: true, otherwise };
}

function archivePath({ name }: Ecosystem): string {
  return `${encodeURIComponent(name)}/all.zip`;
}

function archiveRequest(path: string): FeedRequest {
  return { path, role: 'archive', packing: 'zip', limitBytes: ARCHIVE_LIMIT_BYTES };
}

async function* read(
  ecosystem: Ecosystem,
  feed: string,
  document: FeedDocument,
  context: FeedContext,
): AsyncGenerator<FeedItem> {
  switch (document.request.role) {
    case 'changes':
      yield* readChanges(ecosystem, document, context, archiveRequest(archivePath(ecosystem)));
      return;
    case 'record':
      yield* readOne(ecosystem, feed, document, context);
      return;
    default:
      yield* readArchive(ecosystem, feed, document, context);
  }
}
