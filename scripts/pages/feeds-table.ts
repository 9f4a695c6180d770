import { type Feed, FEEDS } from '@thimble/advisories';
import { markdownTable } from './between-markers.ts';

/** All feeds of docs/feeds.md, by their ids. */
export function feedsTable(feeds: readonly Feed[] = FEEDS): string {
  const rows = feeds
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((feed) => [
      `[\`${feed.id}\`](${feed.documentation})`,
      feed.publisher,
      feed.licence,
      speaksOf(feed),
      feed.mode,
      `${feed.intervalHours} h${feed.onRequest === undefined ? '' : `, on request: ${feed.onRequest}`}`,
      feed.baseUrl.includes('.invalid/') ? 'none: a site says where' : `<${feed.baseUrl}>`,
    ]);
  return markdownTable(['feed', 'publisher', 'licence', 'speaks of', 'brings', 'asked every', 'address'], rows);
}

function speaksOf({ namespaces }: Feed): string {
  return namespaces.includes('*') ? 'every vulnerability' : namespaces.map((each) => `\`${each}\``).join(', ');
}
