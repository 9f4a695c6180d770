import type { Feed } from '@thimble/advisories';

/** What an administrator says of feeds, by their ids. Not named: `auto`, with the fleet. */
export type FeedConfiguration = ReadonlyMap<string, 'on' | 'off' | 'auto'>;

export interface FeedChoice {
  readonly feed: Feed;
  readonly chosen: boolean;
  /** In words. */
  readonly why: string;
  /** With what the feed is asked: the discovered ones that it speaks of; null: all that it has. */
  readonly namespaces: readonly string[] | null;
}

/**
 * Feeds follow the fleet: one is chosen when software of a namespace that it speaks of was discovered. Facts that concern all
 * vulnerabilities (`*`) come with any advisories.
 *
 * @param discovered namespaces with their releases: `debian:12`, `npm`
 */
export function chooseFeeds(
  feeds: readonly Feed[],
  discovered: readonly string[],
  configuration: FeedConfiguration,
): readonly FeedChoice[] {
  const choices = feeds
    .filter((feed) => !feed.namespaces.includes('*'))
    .map((feed) => choose(feed, discovered, configuration));
  const any = choices.some(({ chosen }) => chosen);
  return feeds.map(
    (feed) => choices.find((choice) => choice.feed === feed) ?? chooseUniversal(feed, any, configuration.get(feed.id)),
  );
}

function choose(feed: Feed, discovered: readonly string[], configuration: FeedConfiguration): FeedChoice {
  const found = discovered.filter((namespace) => feed.namespaces.includes(familyOf(namespace)));
  switch (configuration.get(feed.id) ?? 'auto') {
    case 'off':
      return { feed, chosen: false, why: 'switched off', namespaces: found };
    case 'on':
      return { feed, chosen: true, why: 'switched on', namespaces: found.length === 0 ? null : found };
    case 'auto':
      if (feed.onRequest !== undefined)
        return { feed, chosen: false, why: `on request: ${feed.onRequest}`, namespaces: found };
      return found.length === 0
        ? { feed, chosen: false, why: `no software of ${feed.namespaces.join(', ')} was found`, namespaces: found }
        : { feed, chosen: true, why: `for ${found.join(', ')}`, namespaces: found };
  }
}

function chooseUniversal(feed: Feed, any: boolean, setting: 'on' | 'off' | 'auto' | undefined): FeedChoice {
  const namespaces = null;
  if (setting === 'on') return { feed, chosen: true, why: 'switched on', namespaces };
  if (setting === 'off') return { feed, chosen: false, why: 'switched off', namespaces };
  if (feed.onRequest !== undefined) return { feed, chosen: false, why: `on request: ${feed.onRequest}`, namespaces };
  return any
    ? { feed, chosen: true, why: 'concerns every vulnerability', namespaces }
    : { feed, chosen: false, why: 'no other feed is needed', namespaces };
}

function familyOf(namespace: string): string {
  const colon = namespace.indexOf(':');
  return colon < 0 ? namespace : namespace.slice(0, colon);
}
