import { API, Session } from '@thimble/protocol';
import { Type } from 'typebox';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { clearSessionCookie, readSessionCookie } from '../cookie.ts';
import { operatorOf } from '../principal.ts';
import { type ServerFacts, describeSession } from './describe-session.ts';
import { endSession } from './end-sessions.ts';

const config = { access: 'operator' } as const;

export function registerSessionRoutes(app: App, context: ServerContext, facts: ServerFacts): void {
  app.get(
    `${API}/session`,
    { config, schema: { summary: 'Who is signed in', response: { 200: Session } } },
    async (request) => describeSession(context, facts, operatorOf(request)),
  );
  app.delete(
    `${API}/session`,
    { config, schema: { summary: 'Sign out', response: { 204: Type.Null() } } },
    async (request, reply) => {
      const secret = readSessionCookie(request);
      if (secret !== undefined) await endSession(context, secret);
      clearSessionCookie(request, reply);
      return reply.code(204).send(null);
    },
  );
}
