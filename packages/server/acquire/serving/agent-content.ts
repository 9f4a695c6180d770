import { AgentContentReply, TICKET_LIFETIME_MS } from '@thimble/protocol';
import { printTicket } from '@thimble/protocol/signing';
import { sql } from 'kysely';
import { agentOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { agentRoutes } from '../../discover/index.ts';
import type { App } from '../../http/app.ts';
import { placesFor } from './places.ts';

/** Gives an endpoint its ticket to content, and the places to go to with it. */
export async function registerAgentContent(app: App, context: ServerContext): Promise<void> {
  await agentRoutes(app, context, (scope) => {
    scope.post(
      '/content',
      { config: { access: 'agent', quiet: true }, schema: { response: { 200: AgentContentReply } } },
      async (request): Promise<AgentContentReply> => {
        const { id: endpointId, organisationId } = agentOf(request);
        const { rows } = await sql<{ site: string }>`
          select asset_site as site from endpoint where id = ${endpointId}`.execute(context.database.kysely);
        const site = rows[0]?.site ?? '';
        const issuedAt = context.clock();
        const expiresAt = new Date(issuedAt.getTime() + TICKET_LIFETIME_MS).toISOString();
        const ticket = printTicket(
          {
            format: 1,
            id: context.newId(),
            organisationId,
            endpointId,
            site: site === '' ? null : site,
            issuedAt: issuedAt.toISOString(),
            expiresAt,
          },
          context.orderKey,
        );
        const places = await placesFor(context, { organisationId, site, address: request.ip });
        return { ticket, expiresAt, places };
      },
    );
  });
}
