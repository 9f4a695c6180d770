import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range that the system gives to clients; apt-cacher-ng knows no port above 32767. */
const PORTS = { first: 20_000, count: 12_000 };

export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + randomInt(PORTS.count);
    const server = createServer().listen(port, '127.0.0.1');
    const [error] = (await Promise.race([once(server, 'listening'), once(server, 'error')])) as [Error?];
    server.close();
    if (error === undefined) return port;
  }
}
