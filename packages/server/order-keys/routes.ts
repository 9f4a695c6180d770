import { API, OrderKeyStatus, RotateOrderKeyRequest } from '@thimble/protocol';
import { operatorOf } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { HttpProblem } from '../http/index.ts';
import { rotateOrderKey } from './rotate.ts';
import { orderKeyStatus } from './status.ts';

const config = { access: 'operator' } as const;

export function registerOrderKeyRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/order-keys`,
    { config, schema: { summary: 'Keys that sign orders, and who follows', response: { 200: OrderKeyStatus } } },
    async (request) => {
      const { kind, organisationId } = operatorOf(request);
      return orderKeyStatus(context, kind === 'local' ? null : organisationId);
    },
  );
  app.post(
    `${API}/order-keys`,
    {
      config,
      schema: {
        summary: 'Replace the key that signs orders, on the server itself',
        body: RotateOrderKeyRequest,
        response: { 201: OrderKeyStatus },
      },
    },
    async (request, reply) => {
      const { kind, name } = operatorOf(request);
      // Of all organisations, and what no session or token that was stolen may do.
      if (kind !== 'local')
        throw new HttpProblem(403, 'only-local', {
          detail: 'The order key is replaced on the server itself.',
          hint: 'There: thimble server rotate-order-key',
        });
      await rotateOrderKey(context, name, request.body);
      return reply.code(201).send(await orderKeyStatus(context, null));
    },
  );
}
