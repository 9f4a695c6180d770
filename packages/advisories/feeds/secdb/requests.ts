import type { FeedRequest } from '../../feed/index.ts';

/** Releases known when this was written: asked for even where a mirror has no index page. Newer ones come by the index. */
const NEWEST_KNOWN = 23;
const OLDEST_KNOWN = 2;
const REPOSITORIES = ['main', 'community'];

interface ByteLimits {
  readonly database: number;
  readonly index: number;
}

/** The releases that were discovered; without a choice all known ones and the index that names the newer ones. */
export function alpineRequests(namespaces: readonly string[] | null, limits: ByteLimits): readonly FeedRequest[] {
  if (namespaces !== null)
    return namespaces.flatMap((namespace) => {
      const [, release] = /^alpine:(\d{1,2}\.\d{1,3}|edge)$/.exec(namespace) ?? [];
      return release === undefined
        ? []
        : releaseRequests(release === 'edge' ? release : `v${release}`, limits.database);
    });
  return [
    { path: '', role: 'index', packing: 'plain', limitBytes: limits.index, optional: true },
    ...knownReleases().flatMap((release) => releaseRequests(release, limits.database)),
  ];
}

/** What an index page links to and nobody has asked for yet. */
export function listedRequests(page: Uint8Array, limitBytes: number): readonly FeedRequest[] {
  const links = new TextDecoder().decode(page).matchAll(/href="(v3\.\d{1,3})\/"/g);
  const known = new Set(knownReleases());
  const listed = new Set([...links].map((link) => link[1] ?? '').filter((release) => !known.has(release)));
  return [...listed].flatMap((release) => releaseRequests(release, limitBytes));
}

function knownReleases(): readonly string[] {
  const numbers = Array.from({ length: NEWEST_KNOWN - OLDEST_KNOWN + 1 }, (_, index) => OLDEST_KNOWN + index);
  return [...numbers.map((number) => `v3.${number}`), 'edge'];
}

/** Optional: old releases have no community repository, and one that is discovered may not be published yet. */
function releaseRequests(release: string, limitBytes: number): readonly FeedRequest[] {
  return REPOSITORIES.map((repository) => ({
    path: `${release}/${repository}.json`,
    role: 'database',
    packing: 'plain',
    limitBytes,
    optional: true,
  }));
}
