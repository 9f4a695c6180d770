import { API, Uuid } from '@thimble/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { Type } from 'typebox';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { guardAddress } from '../sign-in/guard-attempts.ts';
import { recordRefusal } from '../sign-in/refuse.ts';
import { signIn } from '../sign-in/sign-in.ts';
import { applyGroups, rolesOfGroups } from './apply-groups.ts';
import { beginSignOn } from './begin.ts';
import { SingleSignOnError, singleSignOnError } from './error.ts';
import { finishSignOn } from './finish.ts';
import { landingPage } from './landing-page.ts';
import { personOf } from './person-of.ts';
import { type Provider, findProviders } from './provider.ts';

const ById = Type.Object({ id: Uuid });

/** Both are navigations of a browser: whatever happens, the answer is an address to go to. */
export function registerSingleSignOn(app: App, context: AccessContext): void {
  app.get(
    `${API}/session/oidc/:id`,
    {
      config: { access: 'public' },
      schema: {
        summary: 'Go to an identity provider to sign in',
        params: ById,
        querystring: Type.Object({ link: Type.Optional(Type.Boolean()), from: Type.Optional(Uuid) }),
        response: { 302: Type.Null() },
      },
    },
    async (request, reply) =>
      navigate(request, reply, request.params.id, (provider) =>
        beginSignOn(context, request, reply, provider, {
          links: request.query.link === true,
          from: request.query.from,
        }),
      ),
  );
  app.get(
    `${API}/session/oidc/:id/callback`,
    {
      config: { access: 'public' },
      schema: {
        summary: 'Come back from an identity provider',
        params: ById,
        querystring: Type.Object({}, { additionalProperties: true }),
        response: { 302: Type.Null() },
      },
    },
    async (request, reply) =>
      navigate(request, reply, request.params.id, async (provider) => {
        const attempt = await guardAddress(context, request);
        const { profile, linkTo, from } = await finishSignOn(context, request, reply, provider);
        const roles = rolesOfGroups(provider, profile.groups);
        const personId = await context.database.kysely.transaction().execute(async (within) => {
          const found = await personOf(context, within, provider, { profile, linkTo, hasRole: roles.size > 0 });
          await applyGroups(context, within, provider, found, roles);
          return found;
        });
        await attempt.succeeded();
        const { organisationId } = provider;
        await signIn(context, request, reply, { organisationId, personId, method: 'single-sign-on' });
        if (linkTo !== null) return '/account';
        return landingPage(context.database.kysely, { personId, homeId: organisationId, wanted: from });
      }),
  );

  async function navigate(
    request: FastifyRequest,
    reply: FastifyReply,
    providerId: string,
    next: (provider: Provider) => Promise<string>,
  ) {
    try {
      const [provider] = await findProviders(context.database.kysely, sql`id = ${providerId} and enabled`);
      if (provider === undefined) throw new SingleSignOnError('provider-refused', 'there is no such provider');
      return await reply.redirect(await next(provider), 302);
    } catch (error) {
      if (error instanceof HttpProblem) throw error;
      const failure = singleSignOnError(error);
      request.log.warn({ err: failure, provider: providerId }, 'a sign-in by an identity provider failed');
      await recordRefusal(context, { way: `single sign-on (${failure.code})`, address: request.ip });
      return reply.redirect(`/sign-in?failed=${failure.code}`, 302);
    }
  }
}
