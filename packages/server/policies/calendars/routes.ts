import { API, BlackoutCalendar, BlackoutCalendarList, Name, PutCalendarRequest } from '@thimble/protocol';
import { sql } from 'kysely';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { listCalendars } from './calendar-list.ts';
import { putCalendar, removeCalendar, unknownCalendar } from './save-calendar.ts';

const config = { access: 'operator' } as const;
const Parameters = Type.Object({ name: Name });
/** The largest calendar, with what JSON adds to the ends of its lines. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/** Calendars of times in which nothing begins. */
export function registerCalendarRoutes(app: App, context: ServerContext): void {
  const { kysely } = context.database;
  app.get(
    `${API}/calendars`,
    { config, schema: { summary: 'Blackout calendars', response: { 200: BlackoutCalendarList } } },
    async (request) => {
      const items = await listCalendars(context, kysely, operatorOf(request).organisationId);
      return { items, total: items.length };
    },
  );
  app.put(
    `${API}/calendars/:name`,
    {
      config,
      bodyLimit: BODY_LIMIT_BYTES,
      schema: {
        summary: 'Import a calendar',
        params: Parameters,
        body: PutCalendarRequest,
        response: { 200: BlackoutCalendar },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      const { name } = request.params;
      await putCalendar(context, operator, name, request.body.ics);
      const [calendar] = await listCalendars(context, kysely, operator.organisationId, name);
      if (calendar === undefined) throw unknownCalendar();
      return calendar;
    },
  );
  app.delete(
    `${API}/calendars/:name`,
    { config, schema: { summary: 'Remove a calendar', params: Parameters, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await removeCalendar(context, operatorOf(request), request.params.name);
      return reply.code(204).send(null);
    },
  );
  app.get(
    `${API}/calendars/:name/ics`,
    { config, schema: { summary: 'A calendar as it was imported', params: Parameters } },
    async (request, reply) => {
      const { organisationId } = operatorOf(request);
      const { rows } = await sql<{ ics: string }>`
        select ics from blackout_calendar
        where organisation_id = ${organisationId} and name = ${request.params.name} and removed_at is null`.execute(
        kysely,
      );
      const [row] = rows;
      if (row === undefined) throw unknownCalendar();
      return reply.type('text/calendar; charset=utf-8').send(row.ics);
    },
  );
}
