import { API, CreateFreezeRequest, Freeze, FreezeList, Uuid } from '@thimble/protocol';
import { Type } from 'typebox';
import { type Principal, operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { createFreeze } from './create-freeze.ts';
import { endFreeze } from './end-freeze.ts';
import { listFreezes } from './freeze-list.ts';

const config = { access: 'operator' } as const;

/** Times in which people want nothing to begin. */
export function registerFreezeRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/freezes`,
    { config, schema: { summary: 'Freezes', response: { 200: FreezeList } } },
    async (request) => {
      const items = await listFreezes(context, operatorOf(request).organisationId);
      return { items, total: items.length };
    },
  );
  app.post(
    `${API}/freezes`,
    { config, schema: { summary: 'Freeze endpoints', body: CreateFreezeRequest, response: { 201: Freeze } } },
    async (request, reply) => {
      const operator = operatorOf(request);
      const id = await createFreeze(context, operator, request.body);
      return reply.code(201).send(await only(context, operator, id));
    },
  );
  app.delete(
    `${API}/freezes/:id`,
    {
      config,
      schema: { summary: 'End a freeze', params: Type.Object({ id: Uuid }), response: { 200: Freeze } },
    },
    async (request) => {
      const operator = operatorOf(request);
      await endFreeze(context, operator, request.params.id);
      return only(context, operator, request.params.id);
    },
  );
}

async function only(context: ServerContext, { organisationId }: Principal, id: string): Promise<Freeze> {
  const [freeze] = await listFreezes(context, organisationId, id);
  if (freeze === undefined) throw new Error('freezes are never deleted');
  return freeze;
}
