import { API, BUILT_IN_ROLES, BUILT_IN_ROLE_IDS, type Permission } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAGES } from '../../stages.ts';
import { type TestServer, startTestServer } from '../../testing.ts';
import { callWith, personWith } from '../testing/person-with.ts';
import { ROUTE_PERMISSIONS } from './route-permissions.ts';
import { ROUTE_REACH } from './route-reach.ts';

const SOME_ID = '00000000-0000-7000-8000-000000000009';
const PARAMETERS: Readonly<Record<string, string>> = { kind: 'manifest', sha256: '0'.repeat(64) };

let server: TestServer;
/** As the server describes itself: what only operators may call. */
let routes: { readonly method: string; readonly address: string; readonly name: string }[];

beforeAll(async () => {
  server = await startTestServer({ stages: STAGES });
  const reply = await fetch(`${server.url}${API}/openapi.json`);
  const { paths } = (await reply.json()) as { paths: Record<string, Record<string, { security: unknown[] }>> };
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security }]) =>
      JSON.stringify(security) === '[{"token":[]}]'
        ? [
            {
              method: method.toUpperCase(),
              address: server.url + path.replace(/\{([^}]+)\}/g, (_all, each: string) => PARAMETERS[each] ?? SOME_ID),
              name: `${method.toUpperCase()} ${path.slice(API.length).replace(/\{([^}]+)\}/g, ':$1')}`,
            },
          ]
        : [],
    ),
  );
});
afterAll(() => server.stop());

/** The problem's code; null: no problem, or one without a code. The body is none that a route takes. */
async function codeOf(route: (typeof routes)[number], secret: string): Promise<string | null> {
  const given = new AbortController();
  const reply = await fetch(route.address, {
    method: route.method,
    headers: { authorization: `Bearer ${secret}` },
    signal: given.signal,
    ...(route.method === 'GET' ? {} : { body: 'garbage' }),
  });
  if (reply.ok) {
    // Live events never end.
    given.abort();
    return null;
  }
  return ((await reply.json()) as { code?: string }).code ?? null;
}

async function tokenOf(grant: Parameters<typeof personWith>[1][number], body: object): Promise<string> {
  const person = await personWith(server, [grant]);
  const made = await person.call('POST', '/tokens', { name: 'test', ...body });
  if (made.status !== 201) throw new Error(JSON.stringify(made.json));
  return String(made.json['secret']);
}

test.each(BUILT_IN_ROLE_IDS)('the role %s opens exactly the routes that the table says', async (roleId) => {
  const secret = await tokenOf('owner', { roleId });
  const allowed: ReadonlySet<Permission> = new Set(BUILT_IN_ROLES[roleId].permissions);
  expect(routes.length).toBeGreaterThan(100);
  const wrong: string[] = [];
  for (const route of routes) {
    const needed = ROUTE_PERMISSIONS[route.name];
    const open = needed === 'self' || (needed !== undefined && allowed.has(needed));
    const code = await codeOf(route, secret);
    if ((code !== 'not-permitted') !== open) wrong.push(`${route.name}: ${code ?? 'done'}, needs ${needed ?? 'a row'}`);
  }
  expect(wrong).toEqual([]);
});

test('a role for some endpoints opens no route that can’t tell endpoints apart', async () => {
  const secret = await tokenOf('owner', { roleId: 'owner', labels: { role: 'web' } });
  const wrong: string[] = [];
  for (const route of routes) {
    if (ROUTE_PERMISSIONS[route.name] === 'self') continue;
    const whole = ROUTE_REACH[route.name] === undefined;
    const code = await codeOf(route, secret);
    // What has to be confirmed in person is refused to a token before that.
    const refused = code === 'whole-organisation-only' || code === 'only-people';
    if (refused !== whole) wrong.push(`${route.name}: ${code ?? 'done'}`);
  }
  expect(wrong).toEqual([]);
});

test('each route whose reach is known has a permission', () => {
  expect(Object.keys(ROUTE_REACH).filter((name) => ROUTE_PERMISSIONS[name] === undefined)).toEqual([]);
});

test('who tries what they may not is in the evidence, once a minute for each route', async () => {
  const viewer = await personWith(server, ['viewer']);
  for (let tries = 0; tries < 3; tries += 1)
    expect((await callWith(server, { cookie: viewer.cookie }, 'GET', '/people')).status).toBe(403);
  const { rows } = await server.context.database.pool.query<{ summary: string }>(
    "select summary from evidence where kind = 'not-permitted' and actor = $1",
    [viewer.name],
  );
  expect(rows.map(({ summary }) => summary)).toEqual([
    `${viewer.name} was refused GET /people: Your roles do not allow this: it needs people:read.`,
  ]);
});
