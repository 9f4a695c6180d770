import { API, Savings, SavingsQuery } from '@thimble/protocol';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { savings } from './savings.ts';

/** What fetching once has saved. */
export function registerSavingsRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/content/savings`,
    {
      config: { access: 'operator' },
      schema: { summary: 'Bytes from upstream, bytes served', querystring: SavingsQuery, response: { 200: Savings } },
    },
    async (request) =>
      savings(context.database.kysely, operatorOf(request).organisationId, context.clock(), request.query),
  );
}
