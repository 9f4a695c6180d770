import {
  API,
  ChangePersonRequest,
  InviteRequest,
  Invited,
  Person,
  PersonLink,
  PersonList,
  PersonSessionList,
  SignInRules,
  Uuid,
} from '@thimble/protocol';
import { sql } from 'kysely';
import { Type } from 'typebox';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { operatorOf } from '../principal.ts';
import type { ServerFacts } from '../sessions/describe-session.ts';
import { listSessions } from '../sessions/list-sessions.ts';
import { readRules } from '../sign-in/rules.ts';
import { changePerson } from './change-person.ts';
import { changeRules } from './change-rules.ts';
import { endSessionsFor } from './end-sessions-for.ts';
import { invite, linkFor } from './invite.ts';
import { listPeople } from './list-people.ts';
import { unlinkIdentities } from './unlink-identities.ts';

const config = { access: 'operator' } as const;
const Nothing = Type.Null();
const ById = Type.Object({ id: Uuid });

export function registerPeopleRoutes(app: App, context: AccessContext, { localUrl }: ServerFacts): void {
  app.get(
    `${API}/people`,
    { config, schema: { summary: 'People of the organisation', response: { 200: PersonList } } },
    async (request) => ({ items: await listPeople(context, operatorOf(request).organisationId) }),
  );
  app.post(
    `${API}/people`,
    { config, schema: { summary: 'Invite a person', body: InviteRequest, response: { 201: Invited } } },
    async (request, reply) => {
      const operator = operatorOf(request);
      const id = await invite(context, operator, request.body);
      const link = await linkFor(context, operator, id, localUrl);
      return reply.code(201).send({ person: await readPerson(operator.organisationId, id), link });
    },
  );
  app.put(
    `${API}/people/:id`,
    {
      config,
      schema: {
        summary: 'Change, disable or enable a person',
        params: ById,
        body: ChangePersonRequest,
        response: { 200: Person },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      await changePerson(context, operator, request.params.id, request.body);
      return readPerson(operator.organisationId, request.params.id);
    },
  );
  app.delete(
    `${API}/people/:id`,
    {
      config,
      schema: { summary: 'Disable a person: what they did stays', params: ById, response: { 204: Nothing } },
    },
    async (request, reply) => {
      await changePerson(context, operatorOf(request), request.params.id, { disabled: true });
      return reply.code(204).send(null);
    },
  );
  app.post(
    `${API}/people/:id/link`,
    { config, schema: { summary: 'Make a sign-in link for a person', params: ById, response: { 201: PersonLink } } },
    async (request, reply) =>
      reply.code(201).send(await linkFor(context, operatorOf(request), request.params.id, localUrl)),
  );
  app.delete(
    `${API}/people/:id/identities`,
    {
      config,
      schema: { summary: 'No identity provider signs them in any more', params: ById, response: { 204: Nothing } },
    },
    async (request, reply) => {
      await unlinkIdentities(context, operatorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
  registerSessionsOfPeople(app, context);
  registerRules(app, context);

  async function readPerson(organisationId: string, id: string): Promise<Person> {
    const [person] = await listPeople(context, organisationId, sql`p.id = ${id}`);
    if (person === undefined) throw new HttpProblem(404, 'not-found', { detail: 'There is no such person.' });
    return person;
  }
}

function registerSessionsOfPeople(app: App, context: AccessContext): void {
  app.get(
    `${API}/people/:id/sessions`,
    {
      config,
      schema: { summary: 'Sessions of a person', params: ById, response: { 200: PersonSessionList } },
    },
    async (request) => {
      const [person] = await listPeople(context, operatorOf(request).organisationId, sql`p.id = ${request.params.id}`);
      if (person === undefined) throw new HttpProblem(404, 'not-found', { detail: 'There is no such person.' });
      return { items: await listSessions(context, person.id) };
    },
  );
  app.delete(
    `${API}/people/:id/sessions`,
    { config, schema: { summary: 'End all sessions of a person', params: ById, response: { 204: Nothing } } },
    async (request, reply) => {
      await endSessionsFor(context, operatorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function registerRules(app: App, context: AccessContext): void {
  app.get(
    `${API}/sign-in-rules`,
    { config, schema: { summary: 'How people have to sign in', response: { 200: SignInRules } } },
    async (request) => readRules(context, operatorOf(request).organisationId),
  );
  app.put(
    `${API}/sign-in-rules`,
    {
      config,
      schema: { summary: 'Say how people have to sign in', body: SignInRules, response: { 200: SignInRules } },
    },
    async (request) => changeRules(context, operatorOf(request), request.body),
  );
}
