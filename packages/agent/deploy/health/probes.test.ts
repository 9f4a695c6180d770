import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { probeHttp } from './probe-http.ts';
import { probeTcp } from './probe-tcp.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

const serving = (listener: RequestListener) => listen(createHttpServer(listener));
const answering = (status: number) =>
  serving((_request, response) =>
    response.writeHead(status, { location: 'http://192.0.2.1/' }).end('x'.repeat(100_000)),
  );

describe('a port', () => {
  test('is well when it takes connections', async () => {
    expect(await probeTcp(await listen(createServer((socket) => socket.destroy())))).toBeNull();
  });

  test('is not well when nothing listens', async () => {
    const port = await listen(createServer());
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await probeTcp(port)).toContain('ECONNREFUSED');
  });
});

describe('a page of the machine itself', () => {
  test.each<readonly [number, number | null, boolean]>([
    [200, null, true],
    [204, null, true],
    [301, null, true],
    [404, null, false],
    [500, null, false],
    [200, 200, true],
    [404, 404, true],
    [200, 204, false],
    [301, 200, false],
  ])('that answers %d where %s is expected', async (status, expected, isWell) => {
    const trouble = await probeHttp(`http://localhost:${await answering(status)}/health`, expected);
    expect(trouble === null).toBe(isWell);
    if (!isWell) expect(trouble).toContain(`it answered ${status}`);
  });

  test.each([
    ['says garbage', 'SSH-2.0-x\r\n'],
    ['says nothing and goes', ''],
    ['switches protocols', 'HTTP/1.1 101 x\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['says an endless header', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`],
  ])('that %s is not well', async (_, said) => {
    const port = await listen(
      createServer((socket) =>
        socket
          .on('error', () => undefined)
          .resume()
          .end(said),
      ),
    );
    expect(await probeHttp(`http://127.0.0.1:${port}/`, null)).not.toBeNull();
  });

  test('at a port that there is not is not well', async () => {
    expect(await probeHttp('http://127.0.0.1:99999/', null)).toBe('this is no address');
  });

  test('that nobody serves is not well', async () => {
    for (const name of ['127.0.0.1', 'localhost'])
      expect(await probeHttp(`http://${name}:1/`, null)).toContain('ECONNREFUSED');
  });
});
