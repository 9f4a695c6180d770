import { FeedError, type FeedRequest } from '@thimble/advisories';
import type { Fetched } from '../fetch/index.ts';
import { AHEAD_LIMIT, DOCUMENTS_LIMIT } from './limits.ts';

/** Requests in their order, some of them fetched ahead while an earlier document is read. */
export interface FetchAhead {
  /** Asked twice for the same document, the second is dropped: else two documents could name each other for ever. */
  readonly add: (request: FeedRequest) => void;
  /** The next document; null: none is left. */
  readonly next: () => Promise<{ readonly request: FeedRequest; readonly fetched: Fetched } | null>;
  /** Known so far, with those that are done. */
  readonly known: () => number;
  /** Removes what was fetched and not taken. */
  readonly close: () => Promise<void>;
}

export function createFetchAhead(feed: string, fetch: (request: FeedRequest) => Promise<Fetched>): FetchAhead {
  const known = new Set<string>();
  const waiting: FeedRequest[] = [];
  let first = 0;
  const running: { readonly request: FeedRequest; readonly fetched: Promise<Fetched> }[] = [];
  const fill = (): void => {
    while (running.length < AHEAD_LIMIT) {
      const request = waiting[first];
      if (request === undefined) return;
      first += 1;
      const fetched = fetch(request);
      // It is awaited in its turn; until then its failure must not count as nobody's.
      fetched.catch(() => undefined);
      running.push({ request, fetched });
    }
  };
  return {
    add: (request) => {
      if (known.has(request.path)) return;
      known.add(request.path);
      if (known.size > DOCUMENTS_LIMIT)
        throw new FeedError('too-large', `${feed} names more than ${DOCUMENTS_LIMIT} documents`);
      waiting.push(request);
    },
    next: async () => {
      fill();
      const entry = running.shift();
      return entry === undefined ? null : { request: entry.request, fetched: await entry.fetched };
    },
    known: () => known.size,
    close: async () => {
      first = waiting.length;
      for (const { fetched } of running.splice(0)) await fetched.then(discard, () => undefined);
    },
  };
}

export async function discard(fetched: Fetched): Promise<void> {
  if (fetched.kind === 'document') await fetched.remove();
}
