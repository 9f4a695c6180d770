import { API, Channel, ChannelList, PromoteRequest } from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { listChannels, promote, removeChannel, undoPromotion } from './channels.ts';

const config = { access: 'operator' } as const;
const params = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) });
const PREFIX = `${API}/content/channels`;

/** Named pointers to snapshots: what is deployed from, ring by ring. */
export function registerChannelRoutes(app: App, context: ServerContext): void {
  app.get(
    PREFIX,
    { config, schema: { summary: 'Channels with their moves', response: { 200: ChannelList } } },
    async (request) => listChannels(context.database.kysely, operatorOf(request).organisationId),
  );
  app.put(
    `${PREFIX}/:name`,
    {
      config,
      schema: { summary: 'Promote a snapshot to a channel', params, body: PromoteRequest, response: { 200: Channel } },
    },
    async (request) => promote(context, operatorOf(request), request.params.name, request.body),
  );
  app.post(
    `${PREFIX}/:name/undo`,
    { config, schema: { summary: 'Take the last promotion back', params, response: { 200: Channel } } },
    async (request) => undoPromotion(context, operatorOf(request), request.params.name),
  );
  app.delete(`${PREFIX}/:name`, { config, schema: { summary: 'Remove a channel', params } }, async (request, reply) => {
    await removeChannel(context, operatorOf(request), request.params.name);
    return reply.code(204).send();
  });
}
