import { API, SnapshotDifference, SnapshotDifferenceQuery, Uuid } from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../../../access/index.ts';
import type { ServerContext } from '../../../context.ts';
import type { App } from '../../../http/app.ts';
import { snapshotDifference } from './snapshot-difference.ts';

export function registerDifferenceRoute(app: App, context: ServerContext): void {
  app.get(
    `${API}/content/snapshots/:id/diff`,
    {
      config: { access: 'operator' },
      schema: {
        summary: 'What a snapshot would change, and which vulnerabilities that closes',
        params: Type.Object({ id: Uuid }),
        querystring: SnapshotDifferenceQuery,
        response: { 200: SnapshotDifference },
      },
    },
    async (request) =>
      snapshotDifference(context, operatorOf(request).organisationId, request.params.id, request.query),
  );
}
