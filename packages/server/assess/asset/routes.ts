import { API, EndpointAsset, LabelEndpointsReply, LabelEndpointsRequest, Uuid } from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { readAsset, setAsset } from './asset.ts';
import { labelEndpoints } from './label-endpoints.ts';

const config = { access: 'operator' } as const;
const Parameters = Type.Object({ id: Uuid });
/** A hundred thousand ids of 39 characters. */
const BODY_LIMIT_BYTES = 5 * 1024 * 1024;

/** What people say of endpoints. */
export function registerAssetRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/endpoints/:id/asset`,
    {
      config,
      schema: {
        summary: 'How important it is, who reaches it, and how it is sorted',
        params: Parameters,
        response: { 200: EndpointAsset },
      },
    },
    async (request) => readAsset(context.database.kysely, operatorOf(request).organisationId, request.params.id),
  );
  app.put(
    `${API}/endpoints/:id/asset`,
    {
      config,
      schema: {
        summary: 'State how important it is, who reaches it, and how it is sorted',
        params: Parameters,
        body: Type.Partial(EndpointAsset, { minProperties: 1, additionalProperties: false }),
        response: { 200: EndpointAsset },
      },
    },
    async (request) => setAsset(context, operatorOf(request), request.params.id, request.body),
  );
  app.post(
    `${API}/endpoints/labels`,
    {
      config,
      bodyLimit: BODY_LIMIT_BYTES,
      schema: { summary: 'Sort many endpoints', body: LabelEndpointsRequest, response: { 200: LabelEndpointsReply } },
    },
    async (request) => labelEndpoints(context, operatorOf(request), request.body),
  );
}
