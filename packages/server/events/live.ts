import type { ServerResponse } from 'node:http';
import { API, LiveEvent } from '@thimble/protocol';
import { Gauge } from 'prom-client';
import { ACCESS_TOPIC, operatorOf, type Principal, reachOf, ROLES_TOPIC, TOKENS_TOPIC } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import type { ServerEvent } from './bus.ts';
import { isWithinReach } from './live-reach.ts';

/** Proxies cut silent connections after 30 to 60 s. */
const HEARTBEAT_MS = 15_000;
/** What may wait for a reader that does not read; then it is dropped, and fetches everything when it comes back. */
const BUFFER_LIMIT_BYTES = 256 * 1024;
const RETRY_MS = 2_000;
/** Events that wait to be looked at for a reader who sees some endpoints only; then it is told to fetch everything. */
const WAITING_LIMIT = 200;
/** For the last words to a reader that may never read them. */
const FAREWELL_MS = 5_000;

/** GET /api/v1/events: server-sent events (WHATWG HTML section 9.2) of the caller's organisation. */
export function registerLiveEvents(app: App, context: ServerContext): void {
  const readers = new Gauge({
    name: 'thimble_live_readers',
    help: 'Open streams of live events.',
    registers: [context.metrics],
  });
  app.get(
    `${API}/events`,
    {
      config: { access: 'operator', quiet: true },
      exposeHeadRoute: false,
      schema: { summary: 'Live events (text/event-stream)', response: { 200: LiveEvent } },
    },
    (request, reply) => {
      const caller = operatorOf(request);
      const { organisationId, expiresAt } = caller;
      const reach = reachOf(request);
      reply.hijack();
      const stream = reply.raw;
      stream.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      stream.write(`retry: ${RETRY_MS}\n\n`);
      // We keep no history: who missed something looks at everything again.
      if (request.headers['last-event-id'] !== undefined) send(stream, 0, { kind: 'resync' });
      readers.inc();
      let sequence = 0;
      const finish = (): void => {
        if (stream.writableEnded) return;
        stream.end();
        setTimeout(() => stream.destroy(), FAREWELL_MS).unref();
        leave();
      };
      const tell = (live: LiveEvent): void => {
        if (stream.writableEnded) return;
        sequence += 1;
        const isSlow = stream.writableLength > BUFFER_LIMIT_BYTES;
        send(stream, sequence, isSlow ? { kind: 'resync' } : live);
        if (isSlow) finish();
      };
      // One after another, so that a reader gets them in their order.
      let waiting = 0;
      let turn: Promise<void> = Promise.resolve();
      const tellWithinReach = (live: LiveEvent): void => {
        waiting += 1;
        if (waiting === WAITING_LIMIT) tell({ kind: 'resync' });
        if (waiting < WAITING_LIMIT)
          turn = turn
            .then(async () => {
              if (await isWithinReach(context.database.kysely, organisationId, reach, live)) tell(live);
            })
            .catch((error: unknown) => {
              context.log.warn({ err: error }, 'a live event could not be looked at');
              tell({ kind: 'resync' });
            });
        turn = turn.then(() => void (waiting -= 1));
      };
      const unsubscribe = context.events.subscribe((event) => {
        // Whoever may see other things now comes again, and is recognised anew.
        if (changesRights(event, caller)) finish();
        if (!concerns(event, organisationId) || event.live === undefined) return;
        if (reach.kind === 'all') tell(event.live);
        else tellWithinReach(event.live);
      });
      const heartbeat = setInterval(() => {
        if (expiresAt !== null && expiresAt <= context.clock()) finish();
        else stream.write(': still here\n\n');
      }, HEARTBEAT_MS);
      context.stopping.addEventListener('abort', finish);
      let left = false;
      const leave = (): void => {
        if (left) return;
        left = true;
        readers.dec();
        clearInterval(heartbeat);
        unsubscribe();
        context.stopping.removeEventListener('abort', finish);
      };
      stream.once('close', leave);
      // Who hung up while we asked who it is will not do so again.
      if (stream.destroyed) leave();
    },
  );
}

function concerns(event: ServerEvent, organisationId: string): boolean {
  return event.topic === 'resync' || event.organisationId === organisationId;
}

/** Rights come from organisations above, too, and from those where people are at home: so wherever it was changed. */
function changesRights({ topic, key }: ServerEvent, { id, personId, organisationId }: Principal): boolean {
  if (topic === ROLES_TOPIC) return true;
  return (topic === ACCESS_TOPIC || topic === TOKENS_TOPIC) && [id, personId, organisationId].includes(key);
}

function send(stream: ServerResponse, sequence: number, event: LiveEvent): void {
  stream.write(`id: ${sequence}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`);
}
