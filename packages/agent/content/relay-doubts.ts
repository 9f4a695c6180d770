import type { ContentPlace } from '@thimble/protocol';
import type { Clock } from '../clock.ts';

/** Relays that gave what was not right, for as long as this agent runs: they are not asked for a while. */
export interface RelayDoubts {
  isDoubted(place: Pick<ContentPlace, 'url'>): boolean;
  doubt(place: Pick<ContentPlace, 'url'>): void;
}

/** Long enough to spare the next orders the detour, short enough for a relay that was put right. */
export const DOUBTED_MS = 3_600_000;

export function createRelayDoubts(clock: Pick<Clock, 'monotonic'>): RelayDoubts {
  const sinceMs = new Map<string, number>();
  return {
    isDoubted: ({ url }) => clock.monotonic() - (sinceMs.get(url) ?? Number.NEGATIVE_INFINITY) < DOUBTED_MS,
    doubt({ url }) {
      sinceMs.set(url, clock.monotonic());
    },
  };
}
