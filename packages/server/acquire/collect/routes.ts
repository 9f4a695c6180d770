import { API } from '@thimble/protocol';
import { Type } from 'typebox';
import type { App } from '../../http/app.ts';
import type { Collections } from './schedule.ts';

/** Collecting by hand; how it goes is in the status. */
export function registerCollectRoute(app: App, collections: Collections): void {
  app.post(
    `${API}/content/collect`,
    {
      config: { access: 'operator' },
      schema: { summary: 'Remove what nothing needs', response: { 202: Type.Object({}) } },
    },
    async (_request, reply) => {
      collections.start();
      return reply.code(202).send({});
    },
  );
}
