import {
  API,
  ClientConfiguration,
  ClientConfigurationRequest,
  CreateSnapshotRequest,
  SnapshotDetail,
  SnapshotList,
  UpdateSnapshotRequest,
  Uuid,
} from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { clientConfiguration } from './client-configuration.ts';
import { createSnapshot } from './create.ts';
import { registerDifferenceRoute } from './difference/route.ts';
import { listSnapshots, snapshotDetail } from './snapshot-list.ts';
import { updateSnapshot } from './update.ts';

const config = { access: 'operator' } as const;
const params = Type.Object({ id: Uuid });
const PREFIX = `${API}/content/snapshots`;

/** The fleet's repositories at one moment each. */
export function registerSnapshotRoutes(app: App, context: ServerContext): void {
  const { kysely } = context.database;
  app.get(PREFIX, { config, schema: { summary: 'Snapshots', response: { 200: SnapshotList } } }, async (request) =>
    listSnapshots(kysely, operatorOf(request).organisationId),
  );
  app.post(
    PREFIX,
    {
      config,
      schema: {
        summary: 'Make a snapshot, usually of what is upstream now',
        body: CreateSnapshotRequest,
        response: { 201: SnapshotDetail },
      },
    },
    async (request, reply) => {
      const left = new AbortController();
      // It may take minutes: who goes away meanwhile wants none.
      reply.raw.once('close', () => left.abort());
      return reply.code(201).send(await createSnapshot(context, operatorOf(request), request.body, left.signal));
    },
  );
  app.get(
    `${PREFIX}/:id`,
    { config, schema: { summary: 'One snapshot with its revisions', params, response: { 200: SnapshotDetail } } },
    async (request) => snapshotDetail(kysely, operatorOf(request).organisationId, request.params.id),
  );
  app.put(
    `${PREFIX}/:id`,
    {
      config,
      schema: {
        summary: 'Name, pin or retire a snapshot',
        params,
        body: UpdateSnapshotRequest,
        response: { 200: SnapshotDetail },
      },
    },
    async (request) => updateSnapshot(context, operatorOf(request), request.params.id, request.body),
  );
  app.post(
    `${PREFIX}/:id/client-configuration`,
    {
      config,
      schema: {
        summary: 'Configuration for a machine without an agent',
        params,
        body: ClientConfigurationRequest,
        response: { 200: ClientConfiguration },
      },
    },
    async (request) =>
      clientConfiguration(context, operatorOf(request).organisationId, request.params.id, request.body),
  );
  registerDifferenceRoute(app, context);
}
