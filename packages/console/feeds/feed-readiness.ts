import type { FeedSummary } from '@thimble/protocol';

/** How far what the fleet needs is there: an empty list of vulnerabilities means something only when it is. */
export type Readiness =
  | { readonly kind: 'nothing-needed' }
  | { readonly kind: 'never'; readonly needed: number }
  | { readonly kind: 'first-sync'; readonly done: number; readonly needed: number; readonly records: number }
  | { readonly kind: 'behind'; readonly feeds: readonly FeedSummary[] }
  | { readonly kind: 'ready' };

export function readinessOf(feeds: readonly FeedSummary[]): Readiness {
  const needed = feeds.filter(isNeeded);
  if (needed.length === 0) return { kind: 'nothing-needed' };
  const done = needed.filter((feed) => feed.syncedAt !== null).length;
  const running = needed.filter((feed) => feed.running !== null);
  if (done === 0 && running.length === 0) return { kind: 'never', needed: needed.length };
  if (done < needed.length && running.some((feed) => feed.syncedAt === null)) {
    const records = running.reduce((sum, feed) => sum + (feed.running?.records ?? 0), 0);
    return { kind: 'first-sync', done, needed: needed.length, records };
  }
  const behind = needed.filter((feed) => feed.health !== 'fresh');
  return behind.length > 0 ? { kind: 'behind', feeds: behind } : { kind: 'ready' };
}

/** Also one that is switched off, where the fleet has what it speaks of. */
export function isNeeded(feed: FeedSummary): boolean {
  return feed.neededFor.length > 0 || feed.mode === 'on';
}

export function isInTrouble(feed: FeedSummary): boolean {
  return (
    feed.health === 'failing' ||
    feed.health === 'stale' ||
    feed.faultCount > 0 ||
    (isNeeded(feed) && feed.health !== 'fresh')
  );
}
