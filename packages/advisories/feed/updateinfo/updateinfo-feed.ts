import { FeedError } from '../feed-error.ts';
import type { Feed, FeedContext, FeedDocument, FeedItem } from '../feed.ts';
import { xmlRecords } from '../xml.ts';
import { normaliseUpdate } from './normalise.ts';
import { checkedChunks, placeOfNote, updateinfoRequests } from './repository.ts';

const LIMIT_RECORDS = 1_000_000;
/** Complaints about one update: the first are enough to see what is wrong. */
const LIMIT_COMPLAINTS = 5;

type Described = Omit<Feed, 'mode' | 'limitRecords' | 'read'>;
type ReadFurther = (document: FeedDocument, context: FeedContext) => AsyncIterable<FeedItem>;

/**
 * Updates of rpm repositories: each repository's repomd.xml names its updateinfo.xml. `further` reads what a publisher has
 * besides, such as lists of repositories.
 */
export function updateinfoFeed(described: Described, further: ReadFurther | null = null): Feed {
  return {
    ...described,
    mode: 'snapshot',
    limitRecords: LIMIT_RECORDS,
    read: (document, context) => {
      switch (document.request.role) {
        case 'repomd':
          return updateinfoRequests(document);
        case 'updateinfo':
          return readUpdateinfo(described.id, document, context);
        default:
          if (further === null)
            throw new FeedError('unsupported', `${document.request.role} is no document of this feed`);
          return further(document, context);
      }
    },
  };
}

async function* readUpdateinfo(feed: string, document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const { path } = document.request;
  const place = placeOfNote(document);
  const chunks = checkedChunks(document.chunks(), place.openSha256, path);
  /** A repository may list an update again; ids are unique within a feed. */
  const seen = new Set<string>();
  let records = 0;
  for await (const { element, sha256 } of xmlRecords(chunks, ['update'], { what: path, limitRecords: LIMIT_RECORDS })) {
    records += 1;
    const complaints: string[] = [];
    const name =
      element.children
        .find((child) => child.name === 'id')
        ?.text.trim()
        .slice(0, 100) || `update ${records}`;
    const provenance = { feed, record: name, sha256 };
    const advisory = normaliseUpdate(element, place, provenance, context.now, (reason) => complaints.push(reason));
    if (advisory !== null && seen.has(advisory.id)) complaints.push('it is listed twice, only the first is kept');
    else if (advisory !== null) {
      seen.add(advisory.id);
      yield { kind: 'advisory', advisory };
    }
    for (const reason of complaints.slice(0, LIMIT_COMPLAINTS)) yield { kind: 'fault', record: name, reason };
  }
}
