import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configuredBase } from '../addresses/configured-base.ts';
import { createGuardedFetch, type GuardedFetch } from './guarded-fetch.ts';

let server: Server;
let base: URL;
let seen: string[];
let guarded: GuardedFetch;

beforeEach(async () => {
  seen = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    seen.push(`${request.method} ${request.url} ${body}`);
    if (request.url === '/silent') return;
    if (request.url === '/flood') return void response.end('x'.repeat(2000));
    if (request.url === '/moved') return void response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    if (request.url === '/nothing') return void response.writeHead(204).end();
    response.setHeader('set-cookie', ['a=1', 'b=2']).end('here');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  base = new URL(`http://localhost:${address.port}/`);
  guarded = createGuardedFetch({ addresses: configuredBase(base), deadlineMs: 1000, bodyLimitBytes: 1000 });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('a guarded fetch', () => {
  it('asks what was configured, also inside the own network, and gives what fetch gives', async () => {
    const body = new URLSearchParams({ code: 'x y' });
    const reply = await guarded(new URL('/token', base), { method: 'POST', body });
    expect({ status: reply.status, text: await reply.text() }).toEqual({ status: 200, text: 'here' });
    expect(reply.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(seen).toEqual(['POST /token code=x+y']);
    expect((await guarded(new URL('/nothing', base))).body).toBeNull();
  });

  it('leaves a redirect to the caller, and refuses where it leads', async () => {
    const moved = await guarded(new URL('/moved', base));
    expect(moved.status).toBe(302);
    await expect(guarded(moved.headers.get('location') ?? '')).rejects.toMatchObject({ code: 'refused' });
  });

  it.each([
    ['a private address by https', 'https://10.0.0.1/'],
    ['a name that leads into this machine', 'https://localhost.localdomain:1/'],
    ['clear text elsewhere', 'http://example.org/'],
    ['a metadata service', 'https://169.254.169.254/'],
    ['a file', 'file:///etc/passwd'],
  ])('refuses %s that a document named', async (_, address) => {
    await expect(guarded(address)).rejects.toMatchObject({ name: 'UpstreamError' });
    expect(seen).toEqual([]);
  });

  it.each([
    ['/flood', 'too-large'],
    ['/silent', 'unreachable'],
  ])('does not take %s', async (path, code) => {
    await expect(guarded(new URL(path, base))).rejects.toMatchObject({ name: 'UpstreamError', code });
  });

  it('ends with the reason of whoever asked', async () => {
    const reason = new Error('enough');
    await expect(guarded(base, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
