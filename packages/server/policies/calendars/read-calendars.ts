import type { Interval, ParsedIcs } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { expandCalendar } from './expand-calendar.ts';

/** The calendars of these names that stand, as they are in the range. */
export async function readCalendars(
  within: Kysely<Tables>,
  organisationId: string,
  names: readonly string[],
  range: Interval,
  serverZone: string,
): Promise<ReadonlyMap<string, ParsedIcs>> {
  if (names.length === 0) return new Map();
  const { rows } = await sql<{ name: string; ics: string; sha256: string }>`
    select name, ics, sha256 from blackout_calendar
    where organisation_id = ${organisationId} and removed_at is null and name = any(${[...names]}::text[])`.execute(
    within,
  );
  return new Map(rows.map(({ name, ics, sha256 }) => [name, expandCalendar(ics, sha256, serverZone, range)]));
}
