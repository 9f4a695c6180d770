import { AllGrants, API, GrantList, SetGrantsRequest, Uuid } from '@thimble/protocol';
import { Type } from 'typebox';
import type { App } from '../../http/app.ts';
import type { AccessContext } from '../context.ts';
import { operatorOf } from '../principal.ts';
import { describeAllGrants, describeGrants } from './read-grants.ts';
import { setGrants } from './set-grants.ts';

const config = { access: 'operator' } as const;
const Parameters = Type.Object({ id: Uuid });

export function registerGrantRoutes(app: App, context: AccessContext): void {
  const { kysely } = context.database;
  app.get(
    `${API}/grants`,
    { config, schema: { summary: 'Who has which role here', response: { 200: AllGrants } } },
    async (request) => ({ items: await describeAllGrants(kysely, operatorOf(request).organisationId) }),
  );
  app.get(
    `${API}/people/:id/grants`,
    { config, schema: { summary: 'Which roles a person has here', params: Parameters, response: { 200: GrantList } } },
    async (request) => describeGrants(kysely, operatorOf(request).organisationId, request.params.id),
  );
  app.put(
    `${API}/people/:id/grants`,
    {
      config,
      schema: {
        summary: 'Give and take roles: these are all that the person has here',
        params: Parameters,
        body: SetGrantsRequest,
        response: { 200: GrantList },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      await setGrants(context, operator, request.params.id, request.body.grants);
      return describeGrants(kysely, operator.organisationId, request.params.id);
    },
  );
}
