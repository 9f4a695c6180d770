import type { BlackoutCalendar } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { standingPolicies } from '../documents/standing-policies.ts';
import { HORIZON_MS } from '../windows/next-windows.ts';
import { expandCalendar } from './expand-calendar.ts';

const EVENTS_SHOWN = 50;

/** By name, with what of them lies ahead. @param name only this one */
export async function listCalendars(
  { settings, clock }: Pick<ServerContext, 'settings' | 'clock'>,
  within: Kysely<Tables>,
  organisationId: string,
  name: string | null = null,
): Promise<BlackoutCalendar[]> {
  const nowMs = clock().getTime();
  const range = { startMs: nowMs, endMs: nowMs + HORIZON_MS };
  const { rows } = await sql<{ name: string; ics: string; sha256: string; changed_at: Date; changed_by: string }>`
    select name, ics, sha256, changed_at, changed_by from blackout_calendar
    where organisation_id = ${organisationId} and removed_at is null and (${name}::text is null or name = ${name})
    order by name collate "C"`.execute(within);
  const users = await calendarUsers(within, organisationId);
  return rows.map((row) => {
    const calendar = expandCalendar(row.ics, row.sha256, settings.timeZone, range);
    const events = calendar.ok ? calendar.events : [];
    return {
      name: row.name,
      changedAt: row.changed_at.toISOString(),
      changedBy: row.changed_by,
      eventCount: events.length,
      gaps: calendar.ok ? [...calendar.gaps] : [calendar.problem],
      next: events.slice(0, EVENTS_SHOWN).map(({ summary, startMs, endMs }) => ({
        summary,
        startsAt: new Date(startMs).toISOString(),
        endsAt: new Date(endMs).toISOString(),
      })),
      usedBy: [...(users.get(row.name) ?? [])],
    };
  });
}

/** Names of the standing policies that name each calendar, also of those that are switched off. */
export async function calendarUsers(
  within: Kysely<Tables>,
  organisationId: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const users = new Map<string, string[]>();
  for (const { policy } of await standingPolicies(within, organisationId))
    for (const calendar of policy.blackouts) users.set(calendar, [...(users.get(calendar) ?? []), policy.name]);
  return users;
}
