import { afterAll, beforeAll, expect, test } from 'vitest';
import { API } from '@thimble/protocol';
import { STAGES } from '../stages.ts';
import { type TestServer, startTestServer } from '../testing.ts';
import { ROUTE_PERMISSIONS } from './permissions/route-permissions.ts';

/** Every route of the whole server that answers somebody without a credential. A new one has to be written down here. */
const PUBLIC = [
  'GET /api/v1/downloads',
  'GET /api/v1/downloads/{name}',
  'GET /api/v1/session/oidc/{id}',
  'GET /api/v1/session/oidc/{id}/callback',
  'GET /api/v1/sign-in',
  // Signed by whoever released the agent (TUF), and nothing of this installation is in it.
  'GET /updates/targets/{name}',
  'GET /updates/{name}',
  'POST /api/v1/agent/enrol',
  'POST /api/v1/agent/key/confirm',
  'POST /api/v1/session',
  'POST /api/v1/session/passkey',
  'POST /api/v1/session/passkey/options',
  'POST /api/v1/session/password',
  'POST /api/v1/session/second-factor',
];

const SOME_ID = '00000000-0000-7000-8000-000000000009';
/** Valid ones, so that nothing but the missing credential can be the reason of a refusal. */
const PARAMETERS: Readonly<Record<string, string>> = { kind: 'manifest', sha256: '0'.repeat(64) };

let server: TestServer;
let routes: { readonly method: string; readonly path: string; readonly isGuarded: boolean }[];

beforeAll(async () => {
  server = await startTestServer({ stages: STAGES });
  const reply = await fetch(`${server.url}/api/v1/openapi.json`);
  const { paths } = (await reply.json()) as { paths: Record<string, Record<string, { security: unknown[] }>> };
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path,
      isGuarded: security.length > 0,
    })),
  );
});
afterAll(() => server.stop());

test('only what is listed is open to strangers', () => {
  expect(
    routes
      .filter(({ isGuarded }) => !isGuarded)
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  ).toEqual(PUBLIC);
});

test('every other route refuses a stranger', async () => {
  const guarded = routes.filter(({ isGuarded }) => isGuarded);
  expect(guarded.length).toBeGreaterThan(25);
  const answered: string[] = [];
  for (const { method, path } of guarded) {
    const url = server.url + path.replace(/\{([^}]+)\}/g, (_all, name: string) => PARAMETERS[name] ?? SOME_ID);
    const reply = await fetch(url, { method, ...(method === 'GET' ? {} : { body: 'garbage' }) });
    await reply.body?.cancel();
    if (reply.status !== 401) answered.push(`${method} ${path}: ${reply.status}`);
  }
  expect(answered).toEqual([]);
});

test('the table of permissions names no route that is not there', () => {
  const present = new Set(
    routes.map(({ method, path }) => `${method} ${path.slice(API.length).replace(/\{([^}]+)\}/g, ':$1')}`),
  );
  expect(Object.keys(ROUTE_PERMISSIONS).filter((name) => !present.has(name))).toEqual([]);
});
