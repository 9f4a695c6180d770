import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_ORGANISATION_ID } from '../access/index.ts';
import { type TestServer, startTestServer } from '../testing.ts';
import { type EventBus, type ServerEvent, createEventBus } from './index.ts';

let server: TestServer;
/** The bus of another replica on the same database. */
let replica: EventBus;
const never = new AbortController().signal;
const PATIENCE_MS = 10_000;

beforeAll(async () => {
  server = await startTestServer();
  replica = await createEventBus({ ...server.context.database, log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await replica.close();
  await server.stop();
});

function event(topic: string, key: string, live?: ServerEvent['live']): ServerEvent {
  return { organisationId: DEFAULT_ORGANISATION_ID, topic, key, ...(live === undefined ? {} : { live }) };
}

test('every replica hears an event, its sender too', async () => {
  const waits = [server.context.events, replica].map((bus) => bus.waitFor('run', '1', PATIENCE_MS, never));
  await replica.publish(event('run', '1'));
  expect(await Promise.all(waits)).toEqual([event('run', '1'), event('run', '1')]);
});

test('within a transaction it is heard after the commit, and never after a rollback', async () => {
  const { kysely } = server.context.database;
  const heard: string[] = [];
  const unsubscribe = replica.subscribe(({ key }) => void heard.push(key));
  await kysely
    .transaction()
    .execute(async (within) => {
      await replica.publish(event('run', 'rolled-back'), within);
      throw new Error('roll back');
    })
    .catch(() => undefined);
  const wait = replica.waitFor('run', 'committed', PATIENCE_MS, never);
  await kysely.transaction().execute(async (within) => {
    await replica.publish(event('run', 'committed'), within);
    await sql`select pg_sleep(0.1)`.execute(within);
    expect(heard).toEqual([]);
  });
  await wait;
  expect(heard).toEqual(['committed']);
  unsubscribe();
});

test('waiting ends at its time, and at once when its request is gone', async () => {
  expect(await replica.waitFor('run', 'silent', 20, never)).toBeUndefined();
  const gone = new AbortController();
  const wait = replica.waitFor('run', 'silent', 60_000, gone.signal);
  gone.abort();
  expect(await wait).toBeUndefined();
  expect(await replica.waitFor('run', 'silent', 60_000, gone.signal)).toBeUndefined();
});

test('a broken connection is made again, and everybody who waits looks again', async () => {
  const wait = replica.waitFor('run', 'lost', PATIENCE_MS, never);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query like 'listen%'`.execute(server.context.database.kysely);
  expect(await wait).toMatchObject({ topic: 'resync' });
  const again = replica.waitFor('run', 'after', PATIENCE_MS, never);
  await replica.publish(event('run', 'after'));
  expect(await again).toMatchObject({ topic: 'run', key: 'after' });
});

test('an event that is too long for PostgreSQL becomes a resync', async () => {
  const wait = replica.waitFor('run', 'long', PATIENCE_MS, never);
  const progress = {
    at: '2026-01-01T00:00:00.000Z',
    stage: 'downloading',
    percent: null,
    message: 'x'.repeat(9_000),
  } as never;
  await replica.publish(event('run', 'long', { kind: 'progress', runId: null, endpointId: randomUUID(), progress }));
  expect(await wait).toMatchObject({ live: { kind: 'resync' } });
});

/** Reads an event stream until it holds `until`. */
async function readStream(headers: Record<string, string>, until: string, act: () => Promise<void>): Promise<string> {
  const stop = new AbortController();
  const reply = await fetch(`${server.url}/api/v1/events`, { headers, signal: stop.signal });
  expect(reply.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
  await act();
  let seen = '';
  const decoder = new TextDecoder();
  for await (const chunk of reply.body ?? []) {
    seen += decoder.decode(chunk as Uint8Array);
    if (seen.includes(until)) break;
  }
  stop.abort();
  return seen;
}

test('a browser gets the live events of its own organisation', async () => {
  const cookie = await server.signIn();
  const runId = randomUUID();
  const seen = await readStream({ cookie }, runId, async () => {
    await replica.publish({ ...event('run', 'x', { kind: 'evidence-changed' }), organisationId: randomUUID() });
    await replica.publish(event('orders', 'internal'));
    await replica.publish(event('run', runId, { kind: 'run-changed', runId }));
  });
  expect(seen).toBe(
    `retry: 2000\n\nid: 1\nevent: run-changed\ndata: ${JSON.stringify({ kind: 'run-changed', runId })}\n\n`,
  );
});

test('a browser that comes back is told to look at everything again', async () => {
  const cookie = await server.signIn();
  const seen = await readStream({ cookie, 'last-event-id': '17' }, 'resync', async () => undefined);
  expect(seen).toContain('event: resync');
});

test('the stream is for operators only', async () => {
  expect((await fetch(`${server.url}/api/v1/events`)).status).toBe(401);
});

test('a reader that does not read is dropped, others stay', async () => {
  const cookie = await server.signIn();
  const socket = connect(server.port, '127.0.0.1');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(`GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncookie: ${cookie}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  const progress = {
    at: '2026-01-01T00:00:00.000Z',
    stage: 'downloading',
    percent: null,
    message: 'x'.repeat(7_000),
  } as never;
  const live = { kind: 'progress', runId: null, endpointId: randomUUID(), progress } as const;
  const readers = async () => Number(/^thimble_live_readers (\d+)$/m.exec(await server.context.metrics.metrics())?.[1]);
  expect(await readers()).toBe(1);
  // The kernel takes a few megabytes before our own buffer grows.
  for (let count = 0; count < 80 && (await readers()) > 0; count += 1)
    await Promise.all(Array.from({ length: 50 }, () => replica.publish(event('run', 'flood', live))));
  expect(await readers()).toBe(0);
  socket.resume();
  await closed;
});
