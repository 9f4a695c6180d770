import type { Interval } from '@thimble/rollouts';
import type { Kysely } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { readCalendars } from './read-calendars.ts';

/** A stretch of a calendar in which nothing begins. */
export interface Blackout extends Interval {
  readonly calendar: string;
}

/**
 * Blackouts of these calendars that overlap the range, in order. A calendar that is not there, or that can't be read any more, is one
 * blackout of the whole range: what can't be known begins nothing.
 *
 * @param serverZone of events that state no zone
 */
export async function blackoutIntervals(
  within: Kysely<Tables>,
  organisationId: string,
  names: readonly string[],
  range: Interval,
  serverZone: string,
): Promise<readonly Blackout[]> {
  const calendars = await readCalendars(within, organisationId, names, range, serverZone);
  return names
    .flatMap((name): readonly Blackout[] => {
      const calendar = calendars.get(name);
      if (calendar === undefined) return [{ ...range, calendar: `${name} (it is not there any more)` }];
      if (!calendar.ok) return [{ ...range, calendar: `${name} (${calendar.problem})` }];
      return calendar.events.map(({ startMs, endMs }) => ({ startMs, endMs, calendar: name }));
    })
    .sort((a, b) => a.startMs - b.startMs);
}
