import type { LiveEvent } from '@thimble/protocol';
import { type Kysely, type Transaction, sql } from 'kysely';
import type { Logger } from 'pino';
import { Client, type ClientConfig } from 'pg';
import type { Tables } from '../storage/index.ts';

/** Something that happened, as every replica hears it. */
export interface ServerEvent {
  readonly organisationId: string;
  /** A stage's word for whoever waits inside the server: 'orders', 'run', 'resync'... */
  readonly topic: string;
  /** The id of the thing. */
  readonly key: string;
  /** Given: it is also sent to the browsers of that organisation. */
  readonly live?: LiveEvent;
}

export interface EventBus {
  /**
   * Tells every replica. Given a transaction, the event is sent when it commits and never when it rolls back, so
   * whoever hears it can read the change. Not for check-ins: NOTIFY serialises commits.
   */
  publish(event: ServerEvent, within?: Transaction<Tables> | Kysely<Tables>): Promise<void>;
  /** Calls `listener` for each event until the returned function is called. The topic 'resync' means: some may be lost. */
  subscribe(listener: (event: ServerEvent) => void): () => void;
  /**
   * The next event of this topic and key (or a 'resync'), undefined after `timeoutMs` or when `signal` fires. Start to
   * wait first, then look in the database, then await: so nothing falls between.
   */
  waitFor(topic: string, key: string, timeoutMs: number, signal: AbortSignal): Promise<ServerEvent | undefined>;
  close(): Promise<void>;
}

export interface EventBusOptions {
  readonly kysely: Kysely<Tables>;
  readonly connection: ClientConfig;
  readonly log: Pick<Logger, 'warn'>;
}

const CHANNEL = 'thimble_event';
/** PostgreSQL refuses payloads of 8000 bytes and more (NOTIFY, in its manual). */
const PAYLOAD_LIMIT_BYTES = 7_900;
const RECONNECT_MS = { first: 100, most: 5_000 } as const;
const RESYNC: ServerEvent = { organisationId: '', topic: 'resync', key: '', live: { kind: 'resync' } };

/**
 * Starts to listen. One way for all, the database: so two replicas and one behave alike, and an event never comes before
 * its commit. When the connection breaks it is made again and everybody is told to look again.
 */
export async function createEventBus({ kysely, connection, log }: EventBusOptions): Promise<EventBus> {
  const listeners = new Set<(event: ServerEvent) => void>();
  let closed = false;
  let client: Client | undefined;
  let retry: NodeJS.Timeout | undefined;

  const deliver = (event: ServerEvent): void => {
    // A set may lose members while it is walked: who stops listening now hears no more.
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        log.warn({ err: error }, 'an event listener failed');
      }
    }
  };
  const connect = async (): Promise<void> => {
    const fresh = new Client({ ...connection, keepAlive: true });
    fresh.on('notification', ({ payload }) => deliver(parse(payload)));
    fresh.on('error', () => undefined);
    await fresh.connect();
    await fresh.query(`listen ${CHANNEL}`);
    fresh.once('end', () => {
      if (!closed) reconnect(RECONNECT_MS.first);
    });
    client = fresh;
  };
  const reconnect = (delayMs: number): void => {
    if (closed) return;
    log.warn({ delayMs }, 'the connection for events broke; connecting again');
    retry = setTimeout(() => {
      connect().then(
        () => deliver(RESYNC),
        () => reconnect(Math.min(delayMs * 2, RECONNECT_MS.most)),
      );
    }, delayMs);
  };
  const subscribe: EventBus['subscribe'] = (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  await connect();
  return {
    subscribe,
    publish: async (event, within = kysely) => {
      await sql`select pg_notify(${CHANNEL}, ${serialise(event)})`.execute(within);
    },
    waitFor: (topic, key, timeoutMs, signal) => waitFor(subscribe, topic, key, timeoutMs, signal),
    close: async () => {
      closed = true;
      clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}

function waitFor(
  subscribe: EventBus['subscribe'],
  topic: string,
  key: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ServerEvent | undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined);
    const finish = (event?: ServerEvent): void => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener('abort', onAbort);
      resolve(event);
    };
    const onAbort = (): void => finish();
    const timer = setTimeout(onAbort, timeoutMs);
    const unsubscribe = subscribe((event) => {
      if (event.topic === 'resync' || (event.topic === topic && event.key === key)) finish(event);
    });
    signal.addEventListener('abort', onAbort);
    return undefined;
  });
}

/** A live event that is too long (progress with a long message) becomes a resync: late news rather than none. */
function serialise(event: ServerEvent): string {
  const text = JSON.stringify(event);
  return Buffer.byteLength(text) < PAYLOAD_LIMIT_BYTES ? text : JSON.stringify({ ...event, live: { kind: 'resync' } });
}

/** Whoever can notify can write our tables too, so this is our own text; anything else is a resync. */
function parse(payload: string | undefined): ServerEvent {
  try {
    return JSON.parse(payload ?? '') as ServerEvent;
  } catch {
    return RESYNC;
  }
}
