import { hash } from 'node:crypto';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Actor } from '../../access/index.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import { lockPolicies } from '../lock.ts';
import { publishPolicies } from '../publish.ts';
import { HORIZON_MS } from '../windows/next-windows.ts';
import { calendarUsers } from './calendar-list.ts';
import { expandCalendar } from './expand-calendar.ts';

/** Makes or replaces it. @throws HttpProblem 422 `calendar-invalid` */
export async function putCalendar(
  context: ServerContext,
  { organisationId, name: actor }: Actor,
  name: string,
  ics: string,
): Promise<void> {
  const now = context.clock();
  const sha256 = hash('sha256', ics, 'hex');
  const range = { startMs: now.getTime(), endMs: now.getTime() + HORIZON_MS };
  const calendar = expandCalendar(ics, sha256, context.settings.timeZone, range);
  if (!calendar.ok) throw new HttpProblem(422, 'calendar-invalid', { detail: calendar.problem });
  await context.database.kysely.transaction().execute(async (within) => {
    await lockPolicies(within, organisationId);
    await sql`
      insert into blackout_calendar (organisation_id, name, ics, sha256, changed_at, changed_by)
      values (${organisationId}, ${name}, ${ics}, ${sha256}, ${now}, ${actor})
      on conflict (organisation_id, name) do update set ics = excluded.ics, sha256 = excluded.sha256,
        changed_at = excluded.changed_at, changed_by = excluded.changed_by, removed_at = null`.execute(within);
    await publishPolicies(context, organisationId, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'calendar-changed',
        actor,
        summary: `${actor} imported the calendar ${name}: ${calendar.events.length} blackouts in the coming year`,
        detail: { name, sha256, gaps: calendar.gaps.slice(0, 50) },
      },
    ]);
  });
}

/** @throws HttpProblem 404; 409 `calendar-in-use` while a policy names it: without it nothing of that policy could begin. */
export async function removeCalendar(
  context: ServerContext,
  { organisationId, name: actor }: Actor,
  name: string,
): Promise<void> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    await lockPolicies(within, organisationId);
    const users = (await calendarUsers(within, organisationId)).get(name);
    if (users !== undefined)
      throw new HttpProblem(409, 'calendar-in-use', {
        detail: `The calendar ${name} is named by ${users.join(', ')}.`,
        hint: 'Take it out of their blackouts first.',
      });
    const { rows } = await sql`
      update blackout_calendar set removed_at = ${now}
      where organisation_id = ${organisationId} and name = ${name} and removed_at is null returning name`.execute(
      within,
    );
    if (rows.length === 0) throw unknownCalendar();
    await publishPolicies(context, organisationId, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'calendar-changed',
        actor,
        summary: `${actor} removed the calendar ${name}`,
        detail: { name },
      },
    ]);
  });
}

export function unknownCalendar(): HttpProblem {
  return new HttpProblem(404, 'unknown-calendar', { detail: 'There is no such calendar.' });
}
