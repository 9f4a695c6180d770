import {
  API,
  IdentityProvider,
  IdentityProviderList,
  IdentityProviderTest,
  PutIdentityProviderRequest,
  Uuid,
} from '@thimble/protocol';
import { sql } from 'kysely';
import { Type } from 'typebox';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { operatorOf } from '../principal.ts';
import { singleSignOnError } from './error.ts';
import { type Provider, findProviders, redirectUri } from './provider.ts';
import { connectProvider } from './provider-client.ts';
import { removeProvider } from './remove-provider.ts';
import { saveProvider } from './save-provider.ts';

const config = { access: 'operator' } as const;
const ById = Type.Object({ id: Uuid });
const WORDS_LIMIT = 500;

export function registerProviderRoutes(app: App, context: AccessContext): void {
  const { kysely } = context.database;
  app.get(
    `${API}/identity-providers`,
    { config, schema: { summary: 'Identity providers', response: { 200: IdentityProviderList } } },
    async (request) => {
      const providers = await findProviders(kysely, sql`organisation_id = ${operatorOf(request).organisationId}`);
      return { items: providers.map(describe) };
    },
  );
  app.post(
    `${API}/identity-providers`,
    {
      config,
      schema: {
        summary: 'Add an identity provider',
        body: PutIdentityProviderRequest,
        response: { 201: IdentityProvider },
      },
    },
    async (request, reply) => {
      const operator = operatorOf(request);
      const id = await saveProvider(context, operator, undefined, request.body);
      return reply.code(201).send(describe(await demandProvider(operator.organisationId, id)));
    },
  );
  app.put(
    `${API}/identity-providers/:id`,
    {
      config,
      schema: {
        summary: 'Change an identity provider',
        params: ById,
        body: PutIdentityProviderRequest,
        response: { 200: IdentityProvider },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      await saveProvider(context, operator, request.params.id, request.body);
      return describe(await demandProvider(operator.organisationId, request.params.id));
    },
  );
  app.delete(
    `${API}/identity-providers/:id`,
    { config, schema: { summary: 'Remove an identity provider', params: ById, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await removeProvider(context, operatorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
  app.post(
    `${API}/identity-providers/:id/test`,
    {
      config,
      schema: {
        summary: 'Ask the provider how it is to be used',
        params: ById,
        response: { 200: IdentityProviderTest },
      },
    },
    async (request) => {
      const provider = await demandProvider(operatorOf(request).organisationId, request.params.id);
      try {
        const metadata = (await connectProvider(context, provider)).serverMetadata();
        return { problem: null, namesItself: metadata.authorization_response_iss_parameter_supported === true };
      } catch (error) {
        return { problem: singleSignOnError(error).message.slice(0, WORDS_LIMIT), namesItself: false };
      }
    },
  );

  async function demandProvider(organisationId: string, id: string): Promise<Provider> {
    const [provider] = await findProviders(kysely, sql`organisation_id = ${organisationId} and id = ${id}`);
    if (provider === undefined)
      throw new HttpProblem(404, 'not-found', { detail: 'There is no such identity provider.' });
    return provider;
  }

  function describe(provider: Provider): IdentityProvider {
    const { id, name, issuer, clientId, scopes, groupsClaim, groupRoles, createsPeople, enabled } = provider;
    return {
      id,
      name,
      issuer,
      clientId,
      scopes,
      groupsClaim,
      groupRoles: [...groupRoles],
      createsPeople,
      enabled,
      hasSecret: provider.clientSecretSealed !== null,
      redirectUri: redirectUri(context.publicUrl, id),
      createdAt: provider.createdAt.toISOString(),
    };
  }
}
