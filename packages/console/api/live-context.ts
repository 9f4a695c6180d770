import { createContext, useContext, useSyncExternalStore } from 'react';
import type { LiveFeed, LiveState, ReceivedProgress } from './live.ts';

export const LiveContext = createContext<LiveFeed | null>(null);

function useFeed(): LiveFeed {
  const feed = useContext(LiveContext);
  if (feed === null) throw new Error('LiveContext is missing');
  return feed;
}

export function useLiveState(): LiveState {
  const feed = useFeed();
  return useSyncExternalStore(feed.subscribe, feed.state);
}

export function useLiveProgress(): ReadonlyMap<string, ReceivedProgress> {
  const feed = useFeed();
  return useSyncExternalStore(feed.subscribe, feed.progress);
}
