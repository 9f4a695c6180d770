import type { Feed } from '@thimble/advisories';

type Pace = NonNullable<Feed['pace']>;

/** Tells how long the next request of a feed has to wait so that its upstream's pace is kept, and counts it, milliseconds. */
export function createPace(now: () => number): (feed: string, pace: Pace | undefined) => number {
  const starts = new Map<string, number[]>();
  return (feed, pace) => {
    if (pace === undefined) return 0;
    const windowMs = pace.perSeconds * 1000;
    const moment = now();
    const recent = (starts.get(feed) ?? []).filter((start) => start > moment - windowMs);
    const oldest = recent.at(-pace.requests);
    const start = oldest === undefined ? moment : Math.max(moment, oldest + windowMs);
    starts.set(feed, [...recent, start].slice(-pace.requests));
    return start - moment;
  };
}
