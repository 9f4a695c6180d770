import {
  API,
  ArchiveOrganisationRequest,
  ClientStateList,
  Organisation,
  OrganisationList,
  SaveOrganisationRequest,
  Uuid,
} from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { archiveOrganisation, renameOrganisation, restoreOrganisation } from './change-organisation.ts';
import { clientStates } from './client-states.ts';
import { createOrganisation } from './create-organisation.ts';
import { archivedBelow, reachableOrganisations } from './reachable.ts';

const config = { access: 'operator' } as const;
const params = Type.Object({ id: Uuid });

export function registerOrganisationRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/organisations`,
    {
      config,
      schema: { summary: 'Organisations in which the caller has a role', response: { 200: OrganisationList } },
    },
    async (request) => ({ items: [...(await reachableOrganisations(context, operatorOf(request)))] }),
  );
  app.get(
    `${API}/organisations/archived`,
    {
      config,
      schema: {
        summary: 'Archived ones below that in which the request acts',
        response: { 200: OrganisationList },
      },
    },
    async (request) => ({ items: [...(await archivedBelow(context, operatorOf(request)))] }),
  );
  app.get(
    `${API}/clients`,
    { config, schema: { summary: 'How each of them stands', response: { 200: ClientStateList } } },
    async (request) => ({ items: [...(await clientStates(context, operatorOf(request)))] }),
  );
  app.post(
    `${API}/organisations`,
    {
      config,
      schema: {
        summary: 'Make a client of the organisation in which the request acts',
        body: SaveOrganisationRequest,
        response: { 201: Organisation },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createOrganisation(context, operatorOf(request), request.body.name)),
  );
  app.put(
    `${API}/organisations/:id`,
    {
      config,
      schema: { summary: 'Rename it', params, body: SaveOrganisationRequest, response: { 200: Organisation } },
    },
    async (request) => renameOrganisation(context, operatorOf(request), request.params.id, request.body.name),
  );
  app.post(
    `${API}/organisations/:id/archive`,
    {
      config,
      schema: {
        summary: 'End it; nothing of it is deleted',
        params,
        body: ArchiveOrganisationRequest,
        response: { 200: Organisation },
      },
    },
    async (request) =>
      archiveOrganisation(context, operatorOf(request), request.params.id, request.body.removeEndpoints),
  );
  app.post(
    `${API}/organisations/:id/restore`,
    {
      config,
      schema: { summary: 'Let people act in an archived one again', params, response: { 200: Organisation } },
    },
    async (request) => restoreOrganisation(context, operatorOf(request), request.params.id),
  );
}
