import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

const LIMITS = { requestsPerMinute: 30, addressRequestsPerMinute: 400, agentRequestsPerMinute: 30 };

let fleet: TestFleet;
let now = new Date('2026-03-01T12:00:00Z');

beforeAll(async () => {
  fleet = await startTestFleet({ settings: LIMITS, clock: () => now });
});
afterAll(() => fleet.stop());

const session = (cookie: string) => fetch(`${fleet.url}/api/v1/session`, { headers: { cookie } });

/** What is answered to bytes that no client of ours would send. */
async function raw(request: string): Promise<string> {
  const socket = connect(fleet.port, '127.0.0.1');
  socket.end(request.replaceAll('\n', '\r\n'));
  return text(socket);
}

describe('who asks too much', () => {
  it('waits, and is told how long; others do not', async () => {
    const cookie = await fleet.signIn();
    const statuses: number[] = [];
    for (let count = 0; count < 31; count += 1) statuses.push((await session(cookie)).status);
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(200));
    expect(statuses.at(-1)).toBe(429);
    const refused = await session(`other=1; ${cookie}`);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await refused.json()).toMatchObject({ code: 'too-many-requests' });
    expect((await session(await fleet.signIn())).status).toBe(200);
    now = new Date(now.getTime() + 2000);
    expect((await session(cookie)).status).toBe(200);
  });

  it('is an address, too, whatever credentials it makes up', async () => {
    const statuses = new Set<number>();
    for (let count = 0; count < 420; count += 1) {
      const reply = await fetch(`${fleet.url}/api/v1/session`, {
        headers: { authorization: `Bearer made-up-token-number-${count}` },
      });
      await reply.body?.cancel();
      statuses.add(reply.status);
    }
    expect([...statuses].sort()).toEqual([401, 429]);
    now = new Date(now.getTime() + 60_000);
  });

  it('is an endpoint, of which others with its address know nothing', async () => {
    const [one, other] = [await fleet.agent('one'), await fleet.agent('other')];
    const ask = (agent: typeof one) => agent.send({ method: 'GET', path: '/orders?wait=0' });
    const statuses: number[] = [];
    for (let count = 0; count < 31; count += 1) statuses.push((await ask(one)).status);
    expect(statuses.at(-1)).toBe(429);
    expect((await ask(other)).status).not.toBe(429);
  });
});

describe('a body', () => {
  it('of JSON that is nested deeply is refused, on every way in', async () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000);
    const headers = { 'content-type': 'application/json', cookie: await fleet.signIn(), origin: fleet.url };
    for (const path of ['/tokens', '/runs', '/policies']) {
      const reply = await fetch(`${fleet.url}/api/v1${path}`, { method: 'POST', headers, body: deep });
      expect(await reply.json(), path).toMatchObject({ status: 400, code: 'too-deep' });
    }
    const agent = await fleet.agent('deep');
    expect(await agent.send({ method: 'POST', path: '/check-in', body: deep })).toMatchObject({ status: 400 });
  });

  it('does not reach a prototype', async () => {
    const headers = { 'content-type': 'application/json', cookie: await fleet.signIn(), origin: fleet.url };
    const body = '{"name":"x","__proto__":{"permissions":["all"]}}';
    expect((await fetch(`${fleet.url}/api/v1/tokens`, { method: 'POST', headers, body })).status).toBe(400);
  });
});

describe('a request that two servers could read differently', () => {
  const POST = 'POST /api/v1/session HTTP/1.1\nhost: localhost\ncontent-type: application/json\n';
  it.each([
    ['two lengths', `${POST}content-length: 2\ncontent-length: 3\n\n{}x`],
    ['a length and chunks', `${POST}content-length: 2\ntransfer-encoding: chunked\n\n0\n\n`],
    ['chunks under another name', `${POST}transfer-encoding: xchunked\n\n0\n\n`],
    ['chunks twice', `${POST}transfer-encoding: chunked, chunked\n\n0\n\n`],
    ['a length that is none', `${POST}content-length: +2\n\n{}`],
    ['a folded line', `${POST}x-a: b\n content-length: 2\n\n{}`],
    ['a space before the colon', `${POST}content-length : 2\n\n{}`],
    ['no host', 'GET /healthz HTTP/1.1\n\n'],
    ['a line break in its address', 'GET /healthz\r\tHTTP/1.1 HTTP/1.1\nhost: localhost\n\n'],
  ])('is refused: %s', async (_, request) => {
    expect(await raw(request)).toMatch(/^HTTP\/1\.1 (400|501)/);
  });

  it('has no more header than 16 KiB', async () => {
    expect(await raw(`GET /healthz HTTP/1.1\nhost: localhost\nx: ${'a'.repeat(20_000)}\n\n`)).toMatch(
      /^HTTP\/1\.1 431/,
    );
  });
});
