import type { Interval } from '@thimble/rollouts';
import type { Kysely } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** A stretch of a calendar in which nothing begins. */
export interface Blackout extends Interval {
  readonly calendar: string;
}

/**
 * Blackouts of these calendars that overlap the range, in order. A calendar that is not there, or that can't be read any more, is one
 * blackout of the whole range: what can't be known begins nothing.
 */
export async function blackoutIntervals(
  _within: Kysely<Tables>,
  _organisationId: string,
  names: readonly string[],
  range: Interval,
): Promise<readonly Blackout[]> {
  return names.map((name) => ({ ...range, calendar: `${name} (not readable)` }));
}
