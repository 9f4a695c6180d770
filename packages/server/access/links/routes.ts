import { API } from '@thimble/protocol';
import { sql } from 'kysely';
import { Type } from 'typebox';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/problem.ts';
import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import { operatorOf } from '../principal.ts';
import type { ServerFacts } from '../sessions/describe-session.ts';
import { DEFAULT_PERSON_ID } from '../tables.ts';
import { createSignInLink } from './sign-in-links.ts';

/** The way back in for whoever may work on the server itself, whatever else was lost. */
export function registerLinkRoutes(app: App, context: AccessContext, facts: ServerFacts): void {
  app.post(
    `${API}/sign-in-links`,
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Make a sign-in link, on the server itself',
        querystring: Type.Object({ login: Type.Optional(Type.String({ maxLength: 256 })) }),
        response: { 201: Type.Object({ url: Type.String() }) },
      },
    },
    async (request, reply) => {
      // Only from the server itself: a stolen token must not turn into a person's session.
      if (operatorOf(request).kind !== 'local')
        throw new HttpProblem(403, 'only-local', { detail: 'Sign-in links are made on the server itself.' });
      const person = await personOf(request.query.login);
      const secret = await createSignInLink(context, person);
      await context.database.kysely.transaction().execute((within) =>
        appendEvidence(within, [
          {
            organisationId: person.organisationId,
            at: context.clock(),
            kind: 'sign-in-link-created',
            actor: operatorOf(request).name,
            summary: `a sign-in link for ${person.name} was made on the server`,
            detail: { personId: person.personId },
          },
        ]),
      );
      return reply.code(201).send({ url: `${facts.localUrl}/sign-in#${secret}` });
    },
  );

  async function personOf(login: string | undefined) {
    const which = login === undefined ? sql`id = ${DEFAULT_PERSON_ID}` : sql`login = ${login.toLowerCase()}`;
    const { rows } = await sql<{ personId: string; organisationId: string; name: string }>`
      select id as "personId", organisation_id as "organisationId", name from person
      where ${which} and disabled_at is null`.execute(context.database.kysely);
    const [person] = rows;
    if (person === undefined)
      throw new HttpProblem(404, 'unknown-person', {
        detail: login === undefined ? 'The first person is disabled.' : `Nobody has the login ${login}.`,
        hint: 'Name somebody: thimble sign-in-link LOGIN. The list: thimble people list',
      });
    return person;
  }
}
