import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAgents } from '@thimble/upstream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askPrometheus } from './ask-prometheus.ts';

let server: Server;
let base: URL;
let reply: RequestListener;
let asked: string[];
const agents = createAgents({ proxy: null });
const stopping = new AbortController().signal;
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    reply(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/prom/`);
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const ask = () => askPrometheus(base, 'sum(rate(errors[5m]))', { agents, stopping });
const says = (body: unknown, status = 200): void => {
  reply = (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
};
const vector = (...values: readonly string[]) => ({
  status: 'success',
  data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
});

test('a number is a number, of a scalar or of the only series; the query goes as it is', async () => {
  says(vector('0.25'));
  expect(await ask()).toEqual({ value: 0.25, message: '' });
  expect(asked).toEqual(['/prom/api/v1/query?query=sum%28rate%28errors%5B5m%5D%29%29']);
  says({ status: 'success', data: { resultType: 'scalar', result: [1, '1e-7'] } });
  expect(await ask()).toEqual({ value: 1e-7, message: '' });
});

describe('what is no number is said to be none', () => {
  test.each([
    ['no series', vector(), 'no series matches'],
    ['several series', vector('1', '2'), '2 series match'],
    ['NaN', vector('NaN'), 'it answered NaN'],
    ['infinity', vector('+Inf'), 'it answered +Inf'],
    ['an empty text', vector(''), 'it answered'],
    ['an error', { status: 'error', error: 'parse error' }, 'no number'],
    ['no JSON', '<html>', 'no JSON'],
    ['too much', 'x'.repeat(300_000), 'too much'],
  ])('%s', async (_what, body, message) => {
    says(body);
    const answer = await ask();
    expect(answer.value).toBeNull();
    expect(answer.message).toContain(message);
  });

  test('another status', async () => {
    says('{}', 503);
    expect((await ask()).message).toContain('answered 503');
  });

  test('a redirect to another server is not followed', async () => {
    for (const [location, why] of [
      ['http://169.254.169.254/latest', 'never asked'],
      ['https://example.org/', 'redirects to another server'],
    ] as const) {
      reply = (_request, response) => response.writeHead(302, { location }).end();
      expect((await ask()).message).toContain(why);
    }
  });

  test('nobody answers', async () => {
    const gone = new URL('http://127.0.0.1:9/');
    expect(await askPrometheus(gone, 'up', { agents, stopping })).toMatchObject({ value: null });
  });
});

test('nobody is asked where machines get their credentials, whatever was configured', async () => {
  const answer = await askPrometheus(new URL('http://169.254.169.254/'), 'up', { agents, stopping });
  expect(answer).toEqual({ value: null, message: expect.stringContaining('never asked') });
});
