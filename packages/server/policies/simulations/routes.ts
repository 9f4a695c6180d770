import { API, SimulateRequest, SimulationJob, Uuid } from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { cancelJob, readJob } from './jobs.ts';
import type { Simulator } from './simulator.ts';

const config = { access: 'operator' } as const;
const Parameters = Type.Object({ id: Uuid });

/** The coming weeks, before anyone presses start. */
export function registerSimulationRoutes(app: App, context: ServerContext, simulator: Simulator): void {
  const { kysely } = context.database;
  app.post(
    `${API}/simulations`,
    {
      config,
      schema: { summary: 'Compute the coming weeks', body: SimulateRequest, response: { 202: SimulationJob } },
    },
    async (request, reply) => {
      const operator = operatorOf(request);
      const id = await simulator.start(operator, request.body);
      return reply.code(202).send(await readJob(kysely, operator.organisationId, id));
    },
  );
  app.get(
    `${API}/simulations/:id`,
    { config, schema: { summary: 'One simulation', params: Parameters, response: { 200: SimulationJob } } },
    async (request) => readJob(kysely, operatorOf(request).organisationId, request.params.id),
  );
  app.delete(
    `${API}/simulations/:id`,
    { config, schema: { summary: 'Cancel or forget it', params: Parameters, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await cancelJob(context, operatorOf(request).organisationId, request.params.id);
      return reply.code(204).send(null);
    },
  );
}
