import { API, CreatedRelay, CreateRelayRequest, RelayHello, RelayList, RelayWelcome, Uuid } from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/index.ts';
import { createRelay, removeRelay } from './create-relay.ts';
import { answerHello } from './hello.ts';
import { relaySummaries } from './relay-list.ts';
import { findRelay, RELAY_TOKEN_PREFIX } from './relay-token.ts';

const config = { access: 'operator' } as const;
/** 2000 rows of usage. */
const HELLO_BYTES = 2 * 1024 * 1024;

/** Caches near endpoints: the list that people keep, and what relays themselves say. */
export function registerRelayRoutes(app: App, context: ServerContext): void {
  const { kysely } = context.database;
  app.get(
    `${API}/content/relays`,
    { config, schema: { summary: 'Relays', response: { 200: RelayList } } },
    async (request) => {
      const items = await relaySummaries(kysely, operatorOf(request).organisationId, context.clock());
      return { items, total: items.length };
    },
  );
  app.post(
    `${API}/content/relays`,
    {
      config,
      schema: {
        summary: 'Register a relay; its token is shown once',
        body: CreateRelayRequest,
        response: { 201: CreatedRelay },
      },
    },
    async (request, reply) => reply.code(201).send(await createRelay(context, operatorOf(request), request.body)),
  );
  app.delete(
    `${API}/content/relays/:id`,
    {
      config,
      schema: { summary: 'Remove a relay', params: Type.Object({ id: Uuid }), response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await removeRelay(context, operatorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
  app.post(
    `${API}/relay/hello`,
    {
      config: { access: 'relay', quiet: true },
      bodyLimit: HELLO_BYTES,
      schema: { summary: 'A relay says that it is there', body: RelayHello, response: { 200: RelayWelcome } },
      // Before the body is read.
      onRequest: async (request) => {
        const [, secret = ''] = /^Bearer ([\w-]{20,200})$/i.exec(request.headers.authorization ?? '') ?? [];
        const relay = secret.startsWith(RELAY_TOKEN_PREFIX) ? await findRelay(context, secret) : undefined;
        if (relay === undefined) throw notARelay();
        request.relay = relay;
      },
    },
    async (request) => {
      if (request.relay === undefined) throw notARelay();
      return answerHello(context, request.relay, request.body);
    },
  );
}

function notARelay(): HttpProblem {
  return new HttpProblem(401, 'not-a-relay', {
    detail: 'This is for relays, with the token that they were registered with.',
    hint: 'thimble content relays create makes one; a removed relay has to be made again.',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The relay whose token the request carries, on routes for relays. */
    relay?: RelayHelloSender;
  }
}

type RelayHelloSender = NonNullable<Awaited<ReturnType<typeof findRelay>>>;
