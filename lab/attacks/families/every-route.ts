import type { Attack, AttackFamily } from '../attack.ts';
import type { Sent } from '../target/request.ts';
import { roleToken } from '../target/role-token.ts';
import { fillIn, hasParameters, type OperatorRoute, operatorRoutes } from '../target/routes.ts';
import type { Target } from '../target/target.ts';

const SOME_ID = '00000000-0000-7000-8000-000000000009';
const JSON_TYPE = { 'content-type': 'application/json' } as const;
/** An address that never ends its answer. */
const STREAMS = new Set(['GET /events']);
/** Every field of its body may be left out, and fields that nobody knows are not looked at. */
const TAKES_NOTHING = new Set(['PUT /content']);
/** Whatever is asked for has a list, which is empty. */
const LISTS_BY_NAME = new Set(['GET /vulnerabilities/:id/endpoints']);
/** What a route may say to garbage: anything but that it did something, and but that it failed. */
const REFUSED = (status: number): boolean => status >= 400 && status < 500;

/** The same on every route; what it ends with on those that were not refused is told. */
function everywhere(
  name: string,
  refusal: string,
  options: {
    readonly of?: (route: OperatorRoute) => boolean;
    readonly send: (route: OperatorRoute, target: Target) => Promise<Sent>;
    readonly isRefused: (status: number, code: string) => boolean;
  },
): Attack {
  const { of = () => true, send, isRefused } = options;
  return {
    name,
    refusal,
    record: 'request log',
    attempt: async (target) => {
      const routes = (await operatorRoutes(target)).filter((route) => !STREAMS.has(route.name)).filter(of);
      const open: string[] = [];
      let isRecorded = routes.length > 0;
      for (const route of routes) {
        let status = 0;
        const { refusal: code, isRecorded: told } = await target.traced(async () => {
          const answer = await target.send(await send(route, target));
          ({ status } = answer);
          return answer;
        });
        if (!isRefused(status, code)) open.push(`${route.name}: ${code}`);
        isRecorded &&= told;
      }
      return { refusal: open.length === 0 ? refusal : open.join('; '), isRecorded, note: `${routes.length} routes` };
    },
  };
}

const owners = new WeakMap<Target, Promise<Readonly<Record<string, string>>>>();

/** The most that anybody may: what is refused is refused for what it is. */
function asOwner(target: Target): Promise<Readonly<Record<string, string>>> {
  let headers = owners.get(target);
  if (headers === undefined) {
    headers = roleToken(target, 'owner');
    owners.set(target, headers);
  }
  return headers;
}

function withBody(name: string, body: string): Attack {
  return everywhere(`${name} as the body`, 'refused', {
    of: ({ takesBody, name: route }) => takesBody && !TAKES_NOTHING.has(route),
    send: async ({ method, path }, target) => ({
      method,
      path: fillIn(path, () => SOME_ID),
      headers: { ...(await asOwner(target)), ...JSON_TYPE },
      body,
    }),
    isRefused: REFUSED,
  });
}

function withParameter(name: string, value: string): Attack {
  return everywhere(`${name} in the place of an id`, 'refused', {
    of: (route) => hasParameters(route) && !LISTS_BY_NAME.has(route.name),
    send: async ({ method, path, takesBody }, target) => ({
      method,
      path: fillIn(path, () => value),
      headers: { ...(await asOwner(target)), ...(takesBody ? JSON_TYPE : {}) },
      ...(takesBody ? { body: '{}' } : {}),
    }),
    isRefused: REFUSED,
  });
}

const bare = ({ method, path }: OperatorRoute, headers: Readonly<Record<string, string>>): Sent => ({
  method,
  path: fillIn(path, () => SOME_ID),
  headers,
});

export const everyRoute: AttackFamily = {
  name: 'every route',
  attacks: [
    everywhere('without a credential', 'not-signed-in', {
      send: async (route) => bare(route, {}),
      isRefused: (status, code) => status === 401 && code === 'not-signed-in',
    }),
    everywhere('with a token that nobody made', 'bad-token', {
      send: async (route) => bare(route, { authorization: `Bearer thimble_token_${'A'.repeat(43)}` }),
      isRefused: (status, code) => status === 401 && code === 'bad-token',
    }),
    everywhere('with a session that nobody began', 'not-signed-in', {
      send: async (route, { server }) => bare(route, { cookie: `thimble-${server.port}=${'A'.repeat(43)}` }),
      isRefused: (status, code) => status === 401 && code === 'not-signed-in',
    }),
    everywhere('CSRF: a page of another site sends the victim’s session', 'cross-origin', {
      of: ({ method }) => method !== 'GET',
      send: async (route, target) => {
        const session = await victimsSession(target);
        return bare(route, { ...session, origin: 'https://evil.example' });
      },
      isRefused: (_, code) => code === 'cross-origin',
    }),
    withBody('a number', '7'),
    withBody('a list', '[]'),
    withBody('nothing but null', 'null'),
    withBody('a text', '"x"'),
    withBody(
      'fields of other types',
      '{"name":[[]],"id":{},"endpoints":"x","labels":7,"selection":[],"destination":1}',
    ),
    withBody('JSON of 100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000)),
    withBody('objects of 20,000 levels', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`),
    withBody('a prototype', '{"__proto__":{"organisationId":"x"},"constructor":{"prototype":{"isOwner":true}}}'),
    withBody('half of a JSON', '{"name":"x'),
    withParameter('a path', '..%2f..%2fkeys%2forder-key.pem'),
    withParameter('a zero byte', '%00'),
    withParameter('SQL', "'%20or%20'1'='1"),
    withParameter('ten thousand characters', 'a'.repeat(10_000)),
    withParameter('half a character', '%ED%A0%80'),
  ],
};

const sessions = new WeakMap<Target, Promise<Readonly<Record<string, string>>>>();

function victimsSession(target: Target): Promise<Readonly<Record<string, string>>> {
  let session = sessions.get(target);
  if (session === undefined) {
    session = target.signIn();
    sessions.set(target, session);
  }
  return session;
}
