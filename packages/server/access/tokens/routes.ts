import { API, ApiTokenList, CreateTokenRequest, CreatedToken, Uuid } from '@thimble/protocol';
import { Type } from 'typebox';
import type { App } from '../../http/app.ts';
import type { AccessContext } from '../context.ts';
import { operatorOf } from '../principal.ts';
import { createToken } from './create-token.ts';
import { listTokens } from './list-tokens.ts';
import { revokeToken } from './revoke-token.ts';

const config = { access: 'operator' } as const;

export function registerTokenRoutes(app: App, context: AccessContext): void {
  app.get(
    `${API}/tokens`,
    {
      config,
      schema: {
        summary: 'API tokens: one’s own, or everybody’s for who looks after people',
        response: { 200: ApiTokenList },
      },
    },
    async (request) => {
      const { organisationId, permissions, personId } = operatorOf(request);
      const whose = permissions.get('people:read')?.kind === 'all' ? undefined : personId;
      return { items: await listTokens(context.database.kysely, organisationId, whose) };
    },
  );
  app.post(
    `${API}/tokens`,
    { config, schema: { summary: 'Make an API token', body: CreateTokenRequest, response: { 201: CreatedToken } } },
    async (request, reply) => reply.code(201).send(await createToken(context, operatorOf(request), request.body)),
  );
  app.delete(
    `${API}/tokens/:id`,
    {
      config,
      schema: { summary: 'Revoke an API token', params: Type.Object({ id: Uuid }), response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await revokeToken(context, operatorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}
