import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAgents } from './agents.ts';
import { ask, type Asked } from './ask.ts';

const agents = createAgents({ proxy: null });
let server: Server;
let base: URL;
let paths: string[];

beforeEach(async () => {
  paths = [];
  server = createServer((request, response) => {
    const path = request.url ?? '';
    paths.push(path);
    if (path === '/loop') return void response.writeHead(302, { location: '/loop' }).end();
    const target = new URL(path, 'http://x').searchParams.get('to');
    if (path === '/break') return void request.socket.destroy();
    if (path === '/silent') return;
    if (path === '/nowhere') return void response.writeHead(302).end();
    if (target === null) return void response.end('here');
    response.writeHead(307, { location: target }).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  base = new URL(`http://127.0.0.1:${address.port}/`);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function from(path: string, answerMs = 5000, signal = new AbortController().signal): Promise<Asked> {
  const isConfigured = (url: URL): boolean => url.origin === base.origin;
  return ask(new URL(path, base), {
    agents,
    headers: {},
    answerMs,
    signal,
    addresses: { isConfigured, isTrusted: isConfigured },
  });
}

it('follows redirects, and says where the answer came from', async () => {
  const { url, response } = await from('/?to=/next?to=/last');
  response.destroy();
  expect(url.pathname).toBe('/last');
  expect(paths).toEqual(['/?to=/next?to=/last', '/next?to=/last', '/last']);
});

it.each([
  ['redirects without end', '/loop', 'unreachable', 6],
  ['a redirect to nowhere', '/nowhere', 'unreachable', 1],
  ['a redirect to loopback', '/?to=http://127.0.0.1:1/', 'refused', 1],
  ['a redirect to a private network by https', '/?to=https://10.0.0.1/', 'refused', 1],
  ['a redirect to a name of this machine', '/?to=https://localhost/', 'refused', 1],
  ['a redirect to a file', '/?to=file:///etc/passwd', 'refused', 1],
  ['a connection that breaks', '/break', 'broken', 1],
])('%s is an error', async (_, path, code, requests) => {
  await expect(from(path)).rejects.toMatchObject({ name: 'UpstreamError', code });
  expect(paths).toHaveLength(requests);
});

it('does not wait for ever, and ends with the reason of whoever asked', async () => {
  await expect(from('/silent', 50)).rejects.toMatchObject({ code: 'unreachable' });
  const reason = new Error('enough');
  await expect(from('/silent', 5000, AbortSignal.abort(reason))).rejects.toBe(reason);
});
