import { API, FailureSharing } from '@thimble/protocol';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { setSharingMode, sharingMode } from './sharing-mode.ts';

const config = { access: 'operator' } as const;

export function registerFailureSharingRoutes(app: App, context: ServerContext): void {
  const present = async (organisationId: string): Promise<FailureSharing> => ({
    mode: await sharingMode(context.database.kysely, organisationId),
  });
  app.get(
    `${API}/failure-sharing`,
    {
      config,
      schema: { summary: 'Whether failures are shared with other organisations', response: { 200: FailureSharing } },
    },
    async (request) => present(operatorOf(request).organisationId),
  );
  app.put(
    `${API}/failure-sharing`,
    {
      config,
      schema: {
        summary: 'Share failures of patches, both ways, or stop it',
        body: FailureSharing,
        response: { 200: FailureSharing },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      await setSharingMode(context, operator, request.body.mode);
      return present(operator.organisationId);
    },
  );
}
