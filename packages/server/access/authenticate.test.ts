import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stage } from '../context.ts';
import { type TestServer, startTestServer } from '../testing.ts';

const stage: Stage = {
  name: 'example',
  register: async (app) => {
    app.get('/api/v1/example/agent', { config: { access: 'agent' } }, async () => 'for agents');
    app.get(
      '/api/v1/example/recognised',
      {
        config: { access: 'agent' },
        preHandler: async (request) => {
          const nobody = { id: 'e', personId: null, organisationId: 'o', name: 'host', expiresAt: null };
          request.principal = { kind: 'agent', ...nobody, permissions: new Map() };
        },
      },
      async (request) => request.principal?.id,
    );
  },
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ stages: [stage] });
});
afterAll(() => server.stop());

test('a route that does not say who may call it stops the start', async () => {
  const careless: Stage = {
    name: 'careless',
    register: async (app) => void app.get('/api/v1/open', async () => 'oops'),
  };
  await expect(startTestServer({ stages: [careless] })).rejects.toThrow(/without config\.access: GET \/open/);
});

test('a route for operators that has no permission in the table stops the start', async () => {
  const careless: Stage = {
    name: 'careless',
    register: async (app) => void app.get('/api/v1/new', { config: { access: 'operator' } }, async () => 'oops'),
  };
  await expect(startTestServer({ stages: [careless] })).rejects.toThrow(/without a permission: GET \/new/);
});

test('an agent route is closed to everybody whom its stage did not recognise, operators included', async () => {
  const cookie = await server.signIn();
  for (const headers of [{}, { cookie }])
    expect((await fetch(`${server.url}/api/v1/example/agent`, { headers })).status).toBe(401);
  expect(await (await fetch(`${server.url}/api/v1/example/recognised`)).text()).toBe('e');
});

test('an operator route is refused before its body is read', async () => {
  const reply = await fetch(`${server.url}/api/v1/tokens`, { method: 'POST', body: 'not json at all' });
  expect(reply.status).toBe(401);
});
