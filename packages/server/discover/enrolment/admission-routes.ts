import { AdmissionReply, AdmissionRequest, API, WaitingEndpointList } from '@thimble/protocol';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { decideAdmission } from './decide-admission.ts';
import { waitingEndpoints } from './waiting-endpoints.ts';

const config = { access: 'operator' } as const;

/** The queue of endpoints that a person has to let in. */
export function registerAdmissionRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/enrolment/waiting`,
    { config, schema: { summary: 'Endpoints that wait to be let in', response: { 200: WaitingEndpointList } } },
    async (request) => waitingEndpoints(context, operatorOf(request).organisationId),
  );
  for (const [path, decision, summary] of [
    ['admit', 'admitted', 'Let waiting endpoints in'],
    ['refuse', 'refused', 'Refuse waiting endpoints'],
  ] as const)
    app.post(
      `${API}/enrolment/${path}`,
      { config, schema: { summary, body: AdmissionRequest, response: { 200: AdmissionReply } } },
      async (request) => ({
        changed: await decideAdmission(context, operatorOf(request), request.body.endpoints, decision),
      }),
    );
}
