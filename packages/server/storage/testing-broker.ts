import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type RunningPostgres, startPostgres } from '../postgres/index.ts';

/** Where test processes find the broker's socket. */
export const BROKER_VARIABLE = 'THIMBLE_TEST_POSTGRES';

/** Starts a throw-away PostgreSQL and gives the function that ends it and removes its files. */
export async function startTestPostgres(): Promise<{ server: RunningPostgres; end: () => Promise<void> }> {
  // Directly under /tmp: the server runs as another user when we are root, and a socket's path is short.
  const dataDirectory = await mkdtemp('/tmp/thimble-test-');
  const end = () => rm(dataDirectory, { recursive: true, force: true });
  try {
    const server = await startPostgres({
      dataDirectory,
      sharedBuffersMb: 32,
      maximumConnections: 200,
      onLog: () => undefined,
      disposable: true,
    });
    return {
      server,
      end: async () => {
        await server.stop();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/**
 * vitest's global set-up: one PostgreSQL for all test files, started when the first of them asks and not before, so that
 * a run of pure tests pays nothing.
 */
export async function setup(): Promise<() => Promise<void>> {
  const directory = await mkdtemp('/tmp/thimble-broker-');
  let started: ReturnType<typeof startTestPostgres> | undefined;
  const broker = createServer((socket) => {
    socket.on('error', () => undefined);
    started ??= startTestPostgres();
    started.then(
      ({ server }) => socket.end(JSON.stringify({ host: server.socketDirectory, user: server.user })),
      (error: Error) => socket.end(JSON.stringify({ error: error.message })),
    );
  });
  const path = join(directory, 'broker.sock');
  broker.listen(path);
  await once(broker, 'listening');
  process.env[BROKER_VARIABLE] = path;
  return async () => {
    delete process.env[BROKER_VARIABLE];
    broker.close();
    await started?.then(({ end }) => end());
    await rm(directory, { recursive: true, force: true });
  };
}
