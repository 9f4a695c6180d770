import { API, Session, SignInRequest } from '@thimble/protocol';
import { Type } from 'typebox';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { HttpProblem } from '../http/problem.ts';
import { createAttemptLimit } from './attempt-limit.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './cookie.ts';
import { type Principal, operatorOf } from './principal.ts';
import { assertSameOrigin } from './same-origin.ts';
import { createSession, endSession, findSession } from './sessions.ts';
import { createSignInLink, redeemSignInLink } from './sign-in-links.ts';
import { registerTokenRoutes } from './tokens/routes.ts';

export interface ServerFacts {
  readonly version: string;
  readonly publicUrl: string;
  /** For a browser on the server's own machine. */
  readonly localUrl: string;
}

export function registerAccessRoutes(app: App, context: ServerContext, facts: ServerFacts): void {
  registerSessionRoutes(app, context, facts);
  registerTokenRoutes(app, context);
}

function registerSessionRoutes(app: App, context: ServerContext, facts: ServerFacts): void {
  const limit = createAttemptLimit(context.clock);
  app.post(
    `${API}/session`,
    {
      config: { access: 'public' },
      bodyLimit: 4096,
      schema: { summary: 'Sign in with a link', body: SignInRequest, response: { 200: Session } },
    },
    async (request, reply) => {
      assertSameOrigin(request);
      if (!limit.allow(request.ip))
        throw new HttpProblem(429, 'too-many-attempts', {
          detail: 'Too many tries to sign in.',
          headers: { 'retry-after': String(limit.retryAfterSeconds) },
        });
      const person = await redeemSignInLink(context, request.body.link);
      if (person === undefined)
        throw new HttpProblem(401, 'bad-link', {
          detail: 'This sign-in link is unknown, was used before or has ended.',
          hint: 'Get a new one on the server: thimble sign-in-link',
        });
      const session = await createSession(context, person);
      setSessionCookie(request, reply, session.secret, session.expiresAt);
      const principal = await findSession(context, session.secret);
      if (principal === undefined)
        throw new HttpProblem(401, 'not-signed-in', { detail: 'The session ended at once.' });
      return describeSession(context, facts, principal);
    },
  );
  app.get(
    `${API}/session`,
    { config: { access: 'operator' }, schema: { summary: 'Who is signed in', response: { 200: Session } } },
    async (request) => describeSession(context, facts, operatorOf(request)),
  );
  app.delete(
    `${API}/session`,
    { config: { access: 'operator' }, schema: { summary: 'Sign out', response: { 204: Type.Null() } } },
    async (request, reply) => {
      const secret = readSessionCookie(request);
      if (secret !== undefined) await endSession(context, secret);
      clearSessionCookie(request, reply);
      return reply.code(204).send(null);
    },
  );
  app.post(
    `${API}/sign-in-links`,
    {
      config: { access: 'operator' },
      schema: { summary: 'Make a sign-in link', response: { 201: Type.Object({ url: Type.String() }) } },
    },
    async (request, reply) => {
      // Only from the server itself: a stolen token must not turn into a person's session.
      if (operatorOf(request).kind !== 'local')
        throw new HttpProblem(403, 'only-local', { detail: 'Sign-in links are made on the server itself.' });
      const url = `${facts.localUrl}/sign-in#${await createSignInLink(context)}`;
      return reply.code(201).send({ url });
    },
  );
}

async function describeSession(context: ServerContext, facts: ServerFacts, principal: Principal): Promise<Session> {
  const organisation = await context.database.kysely
    .selectFrom('organisation')
    .select(['id', 'name'])
    .where('id', '=', principal.organisationId)
    .executeTakeFirstOrThrow();
  const kind = principal.kind === 'agent' ? 'local' : principal.kind;
  return {
    principal: { kind, name: principal.name },
    organisation,
    expiresAt: principal.expiresAt?.toISOString() ?? null,
    permissions: [...principal.permissions.keys()],
    limited: [...principal.permissions].flatMap(([name, reach]) => (reach.kind === 'all' ? [] : [name])),
    server: {
      version: facts.version,
      publicUrl: facts.publicUrl,
      caFingerprint: context.caFingerprint ?? null,
    },
  };
}
