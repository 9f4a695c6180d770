import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { heedUnhurried, unhurry } from './unhurried.ts';

const TIMEOUT_MS = 250;
let server: Server;
let port = 0;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const timedOut: string[] = [];

beforeAll(async () => {
  server = createServer(
    { requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS, connectionsCheckingInterval: 20 },
    (asked, reply) => {
      if (asked.url !== '/usual') unhurry(asked, asked.url === '/silent' ? 100 : undefined);
      text(asked).then(
        (body) => reply.end(body),
        () => reply.destroy(),
      );
    },
  );
  heedUnhurried(server);
  server.on('clientError', (error: NodeJS.ErrnoException) => timedOut.push(error.code ?? ''));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  agent.destroy();
  server.close();
  server.closeAllConnections();
});

/** The second half follows when the server's time is over. */
function send(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const before = timedOut.length;
    const asked = request({ port, path, agent, method: 'PUT', headers: { 'content-length': 2 } }, (reply) => {
      resolve(text(reply).then((body) => `${reply.statusCode} ${body}`));
    });
    asked.on('error', reject);
    asked.write('a');
    const look = setInterval(() => {
      if (timedOut.length === before) return;
      clearInterval(look);
      asked.end('b');
    }, 10);
    asked.on('close', () => clearInterval(look));
  });
}

test('a body may take longer than a request, also the next one of the same connection', async () => {
  expect(await send('/large')).toBe('200 ab');
  expect(await send('/large')).toBe('200 ab');
  expect(timedOut).toEqual(['ERR_HTTP_REQUEST_TIMEOUT', 'ERR_HTTP_REQUEST_TIMEOUT']);
});

test('other bodies may not', async () => {
  agent.destroy();
  // The connection may be gone before the answer is read.
  expect(await send('/usual').catch(() => '408 ')).toBe('408 ');
});

test('a body that does not go on is given up', async () => {
  const socket = connect(port, '127.0.0.1', () =>
    socket.write('PUT /silent HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\na'),
  );
  socket.on('error', () => undefined);
  await once(socket, 'close');
});

test.each([
  ['what is no HTTP', 'nonsense\r\n\r\n', '400 Bad Request'],
  [
    'a header without end',
    `GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
    '431 Request Header Fields Too Large',
  ],
])('%s gets the answer that it always got', async (_title, bytes, status) => {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  socket.on('error', () => undefined);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString().split('\r\n')[0]).toBe(`HTTP/1.1 ${status}`);
});
