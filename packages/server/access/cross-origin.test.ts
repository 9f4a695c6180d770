import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAGES } from '../stages.ts';
import { type TestServer, startTestServer } from '../testing.ts';

const SOME_ID = '00000000-0000-7000-8000-000000000009';

let server: TestServer;
let cookie: string;
beforeAll(async () => {
  server = await startTestServer({ stages: STAGES });
  cookie = await server.signIn();
});
afterAll(() => server.stop());

/** Every route with effects for people, as the API's own description has them: a new one is here by itself. */
async function routesWithEffects(): Promise<readonly { readonly method: string; readonly path: string }[]> {
  const reply = await fetch(`${server.url}/api/v1/openapi.json`);
  const { paths } = (await reply.json()) as { paths: Record<string, Record<string, { security: object[] }>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method, { security }]) => method !== 'get' && security.some((way) => 'token' in way))
      .map(([method]) => ({ method: method.toUpperCase(), path })),
  );
}

test.each([
  ['a foreign origin', { origin: 'https://evil.example' }],
  ['another port of this host', { 'sec-fetch-site': 'same-site' }],
  ['an opaque origin', { origin: 'null' }],
])('a page of %s can’t use a session on any route with effects', async (_, headers) => {
  const routes = await routesWithEffects();
  expect(routes.length).toBeGreaterThan(40);
  const passed: string[] = [];
  for (const { method, path } of routes) {
    const url = server.url + path.replace(/\{[^}]+\}/g, SOME_ID);
    const reply = await fetch(url, { method, headers: { cookie, ...headers }, body: '{}' });
    const { code } = (await reply.json()) as { code: string };
    if (reply.status !== 403 || code !== 'cross-origin') passed.push(`${method} ${path}: ${reply.status} ${code}`);
  }
  expect(passed).toEqual([]);
});
