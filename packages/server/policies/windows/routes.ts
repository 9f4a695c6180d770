import { API, WindowCalendar, WindowCalendarQuery } from '@thimble/protocol';
import type { Interval } from '@thimble/rollouts';
import type { Static } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/index.ts';
import { windowCalendar } from './window-calendar.ts';
import { windowsAsIcs } from './windows-as-ics.ts';

const config = { access: 'operator' } as const;
const DAY_MS = 86_400_000;
const DAYS_USUAL = 31;
const DAYS_LIMIT = 62;

/** When what may happen. */
export function registerWindowRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/windows`,
    {
      config,
      schema: {
        summary: 'Windows, blackouts and freezes of some weeks',
        querystring: WindowCalendarQuery,
        response: { 200: WindowCalendar },
      },
    },
    async (request) => {
      const { organisationId } = operatorOf(request);
      return windowCalendar(context, organisationId, rangeOf(context, request.query), request.query.policyId ?? null);
    },
  );
  app.get(
    `${API}/windows/ics`,
    {
      config,
      schema: { summary: 'The same for a calendar program (RFC 5545)', querystring: WindowCalendarQuery },
    },
    async (request, reply) => {
      const { organisationId } = operatorOf(request);
      const { policyId } = request.query;
      const calendar = await windowCalendar(context, organisationId, rangeOf(context, request.query), policyId ?? null);
      return reply.type('text/calendar; charset=utf-8').send(windowsAsIcs(calendar, context.clock()));
    },
  );
}

/** @throws HttpProblem 422 `bad-range` */
function rangeOf({ clock }: Pick<ServerContext, 'clock'>, { from, to }: Static<typeof WindowCalendarQuery>): Interval {
  const startMs = from === undefined ? clock().getTime() : Date.parse(from);
  const endMs = to === undefined ? startMs + DAYS_USUAL * DAY_MS : Date.parse(to);
  if (endMs > startMs && endMs - startMs <= DAYS_LIMIT * DAY_MS) return { startMs, endMs };
  throw new HttpProblem(422, 'bad-range', {
    detail: `The calendar shows at most ${DAYS_LIMIT} days, and its end has to be after its beginning.`,
  });
}
