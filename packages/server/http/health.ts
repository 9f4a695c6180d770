import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { collectDefaultMetrics } from 'prom-client';
import type { Principal } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from './app.ts';
import { isLoopback } from './channel.ts';
import { HttpProblem } from './problem.ts';

/** A probe is sent again after seconds, so it may not wait for longer. */
const READY_DEADLINE_MS = 2_000;
const Status = Type.Object({ status: Type.String() });

/** /healthz: the process answers. /readyz: it can work. /metrics: for Prometheus, to operators and this machine. */
export function registerHealth(app: App, context: ServerContext): void {
  collectDefaultMetrics({ register: context.metrics });
  const config = { access: 'public', quiet: true } as const;
  app.get('/healthz', { config, schema: { hide: true, response: { 200: Status } } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { config, schema: { hide: true, response: { 200: Status } } }, async () => {
    if (context.stopping.aborted) throw notReady('The server is stopping.');
    // Migrations ran before the first route existed, so the database's answer is the last thing to ask for.
    await databaseAnswers(context);
    return { status: 'ready' };
  });
  app.get('/metrics', { config, schema: { hide: true } }, async (request, reply) => {
    if (!isFromHere(request) && !seesAll(request.principal, context))
      throw new HttpProblem(401, 'not-signed-in', {
        detail: 'Metrics are for operators.',
        hint: 'Give Prometheus an API token (authorization: Bearer).',
        headers: { 'www-authenticate': 'Bearer' },
      });
    return reply.type(context.metrics.contentType).send(await context.metrics.metrics());
  });
}

/** Figures are about all organisations together, so they are for who sees all endpoints of the server's own. */
function seesAll(principal: Principal | undefined, { defaultOrganisationId }: ServerContext): boolean {
  return (
    principal?.organisationId === defaultOrganisationId && principal.permissions.get('endpoints:read')?.kind === 'all'
  );
}

/** By address, and by the name that was asked for: a page whose name was made to point to 127.0.0.1 is not from here. */
function isFromHere({ ip, headers }: FastifyRequest): boolean {
  return isLoopback(ip) && /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/.test(headers.host ?? '');
}

async function databaseAnswers({ database }: ServerContext): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), READY_DEADLINE_MS);
  });
  try {
    await Promise.race([sql`select 1`.execute(database.kysely), late]);
  } catch (cause) {
    throw notReady('The database does not answer.', cause);
  } finally {
    clearTimeout(timer);
  }
}

function notReady(detail: string, cause?: unknown): HttpProblem {
  return new HttpProblem(503, 'not-ready', { detail, side: 'host', cause, headers: { 'retry-after': '2' } });
}
