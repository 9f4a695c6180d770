import { API, EndpointIdentity, QuarantineRequest, SeparateRequest, Uuid } from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/index.ts';
import { assertEndpoint } from '../endpoint-detail.ts';
import { endpointIdentity } from './endpoint-identity.ts';
import { quarantine, release } from './quarantine.ts';
import { separate } from './separate.ts';

const params = Type.Object({ id: Uuid });
const config = { access: 'operator' } as const;
const response = { 200: EndpointIdentity };

/** Who an endpoint is, and what people decide when that is in doubt. */
export function registerIdentityRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/endpoints/:id/identity`,
    { config, schema: { summary: 'Who an endpoint is, and where it was seen', params, response } },
    async (request) => endpointIdentity(context, operatorOf(request).organisationId, request.params.id),
  );
  for (const [path, act, summary, otherwise] of [
    ['quarantine', quarantine, 'Keep orders and content from an endpoint', 'It is in quarantine already.'],
    ['release', release, 'Release an endpoint from quarantine', 'It is not in quarantine.'],
  ] as const)
    app.post(
      `${API}/endpoints/:id/${path}`,
      { config, schema: { summary, params, body: QuarantineRequest, response } },
      async (request) => {
        const { organisationId, name: by } = operatorOf(request);
        const { id: endpointId } = request.params;
        await assertEndpoint(context, organisationId, endpointId);
        const { reason } = request.body;
        const done = await context.database.kysely
          .transaction()
          .execute(async (within) => act(within, context, { endpointId, organisationId }, { by, reason }));
        if (!done) throw new HttpProblem(409, `cannot-${path}`, { detail: otherwise });
        return endpointIdentity(context, organisationId, endpointId);
      },
    );
  app.post(
    `${API}/endpoints/:id/separate`,
    {
      config,
      schema: { summary: 'Say which of several machines with one key it is', params, body: SeparateRequest, response },
    },
    async (request) => {
      const { organisationId, name: by } = operatorOf(request);
      const { id: endpointId } = request.params;
      await separate(context, { endpointId, organisationId }, request.body.bootId, by);
      return endpointIdentity(context, organisationId, endpointId);
    },
  );
}
