import { API, BlockList, BlockSummary, CreateBlockRequest, Uuid } from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { recallOrders } from '../../deploy/index.ts';
import type { App } from '../../http/app.ts';
import { blockSummaries } from './block-summaries.ts';
import { createBlock } from './create-block.ts';
import { liftBlock } from './lift-block.ts';
import type { BlockWatch } from './watch-blocks.ts';

const config = { access: 'operator' } as const;

/** Recalls of package versions. */
export function registerBlockRoutes(app: App, context: ServerContext, watch: BlockWatch): void {
  const { kysely } = context.database;
  app.get(
    `${API}/content/blocks`,
    { config, schema: { summary: 'Recalled package versions', response: { 200: BlockList } } },
    async (request) => {
      const items = await blockSummaries(kysely, operatorOf(request).organisationId);
      return { items, total: items.length };
    },
  );
  app.post(
    `${API}/content/blocks`,
    {
      config,
      schema: { summary: 'Recall a package version', body: CreateBlockRequest, response: { 201: BlockSummary } },
    },
    async (request, reply) => {
      const operator = operatorOf(request);
      const id = await createBlock(context, operator, request.body, recallOrders);
      await watch.refresh();
      const [block] = await blockSummaries(kysely, operator.organisationId, id);
      if (block === undefined) throw new Error('blocks are never deleted');
      return reply.code(201).send(block);
    },
  );
  app.delete(
    `${API}/content/blocks/:id`,
    {
      config,
      schema: { summary: 'Lift a recall', params: Type.Object({ id: Uuid }), response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await liftBlock(context, operatorOf(request), request.params.id);
      await watch.refresh();
      return reply.code(204).send(null);
    },
  );
}
