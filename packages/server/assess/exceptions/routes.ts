import { API, CreateExceptionRequest, Exception, ExceptionList, Uuid } from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { createException, listExceptions, revokeException } from './exceptions.ts';
import { exportVex, importVex } from './vex.ts';

const config = { access: 'operator' } as const;
/** Vendors' documents about a whole product line have a few megabytes. */
const VEX_BODY_LIMIT_BYTES = 32 * 1024 * 1024;

/** Risks that somebody bears, what does not apply here, and what others say of it. */
export function registerExceptionRoutes(app: App, context: ServerContext): void {
  const assessAgain = () => context.events.publish({ organisationId: '', topic: 'assessment', key: '' });
  app.get(
    `${API}/exceptions`,
    { config, schema: { summary: 'Exceptions, newest first', response: { 200: ExceptionList } } },
    async (request) => listExceptions(context.database.kysely, operatorOf(request).organisationId, context.clock()),
  );
  app.post(
    `${API}/exceptions`,
    {
      config,
      schema: { summary: 'Set a finding aside', body: CreateExceptionRequest, response: { 201: Exception } },
    },
    async (request, reply) => {
      const exception = await createException(context, operatorOf(request), request.body);
      await assessAgain();
      return reply.code(201).send(exception);
    },
  );
  app.delete(
    `${API}/exceptions/:id`,
    { config, schema: { summary: 'Revoke an exception', params: Type.Object({ id: Uuid }) } },
    async (request, reply) => {
      await revokeException(context, operatorOf(request), request.params.id);
      await assessAgain();
      return reply.code(204).send();
    },
  );
  app.get(
    `${API}/vex`,
    {
      config,
      schema: {
        summary: 'What we say of our software, as a VEX document',
        querystring: Type.Object({
          format: Type.Optional(Type.Union([Type.Literal('cyclonedx'), Type.Literal('csaf')])),
        }),
      },
    },
    async (request, reply) => {
      const format = request.query.format ?? 'cyclonedx';
      const text = await exportVex(context, operatorOf(request).organisationId, format);
      return reply
        .type(format === 'cyclonedx' ? 'application/vnd.cyclonedx+json' : 'application/json')
        .serializer((value: unknown) => String(value))
        .send(text);
    },
  );
  app.post(
    `${API}/vex`,
    {
      config,
      bodyLimit: VEX_BODY_LIMIT_BYTES,
      schema: {
        summary: 'Take over what a VEX document says is not affected',
        body: Type.Object({}, { additionalProperties: true }),
        response: { 200: ExceptionList },
      },
    },
    async (request) => {
      const list = await importVex(context, operatorOf(request), Buffer.from(JSON.stringify(request.body)));
      await assessAgain();
      return list;
    },
  );
}
