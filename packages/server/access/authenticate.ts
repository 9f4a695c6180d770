import { PERMISSION_NAMES } from '@thimble/protocol';
import type { FastifyRequest } from 'fastify';
import type { App } from '../http/app.ts';
import { channelOf } from '../http/channel.ts';
import { HttpProblem } from '../http/problem.ts';
import { asSystem } from '../storage/index.ts';
import { actIn } from './act-in.ts';
import type { AccessContext } from './context.ts';
import { readSessionCookie } from './cookie.ts';
import { assertPermitted } from './permissions/assert-permitted.ts';
import { assertWithinReach } from './permissions/assert-within-reach.ts';
import { authorityOf } from './permissions/authority.ts';
import { createRefusalRecorder } from './permissions/record-refusal.ts';
import { routeName } from './permissions/route-name.ts';
import { ROUTE_PERMISSIONS } from './permissions/route-permissions.ts';
import { assertOwnMatter } from './permissions/server-wide.ts';
import { type Principal, agentOf, notSignedIn } from './principal.ts';
import { assertSameOrigin } from './same-origin.ts';
import { findSession } from './sessions/find-session.ts';
import { DEFAULT_ORGANISATION_ID } from './tables.ts';
import { assertConfirmed } from './sign-in/step-up.ts';
import { registerTenancy } from './tenancy-of-request.ts';
import { findToken } from './tokens/find-token.ts';

/**
 * Guards every route by its declared access, before a body is read. A route without a declaration stops the start, so
 * nothing is open because somebody forgot.
 */
export function registerAuthentication(app: App, context: AccessContext): void {
  registerTenancy(app);
  const recordRefusal = createRefusalRecorder(context);
  const undeclared: string[] = [];
  const unpermitted: string[] = [];
  const routes: { readonly names: readonly string[]; readonly options: { config?: { access?: unknown } } }[] = [];
  app.addHook('onRoute', (options) => {
    routes.push({ names: [options.method].flat().map((method) => routeName(method, options.url)), options });
    // Last of the route's own hooks: whatever a stage does to recognise an agent has happened by then.
    if (options.config?.access === 'agent')
      options.preHandler = [
        ...[options.preHandler ?? []].flat(),
        async (request: FastifyRequest) => void agentOf(request),
      ];
  });
  app.addHook('onReady', async () => {
    for (const { names, options } of routes) {
      if (options.config?.access === undefined) undeclared.push(...names);
      if (options.config?.access === 'operator')
        unpermitted.push(...names.filter((name) => ROUTE_PERMISSIONS[name] === undefined));
    }
    if (undeclared.length > 0) throw new Error(`routes without config.access: ${undeclared.join(', ')}`);
    if (unpermitted.length > 0) throw new Error(`routes without a permission: ${unpermitted.join(', ')}`);
  });
  app.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    // These have credentials of their own, which their routes check.
    if (request.is404 || access === 'agent' || access === 'content' || access === 'relay') return;
    const known = await asSystem(() => recognise(request, context));
    request.principal = known;
    if (access !== 'operator') return;
    if (known === undefined) throw notSignedIn();
    const name = routeName(request.method, request.routeOptions.url ?? '');
    try {
      // One's own account is at home, whatever organisation one is looking at.
      const isOwnAccount = ROUTE_PERMISSIONS[name] === 'self' && name !== 'GET /session';
      const principal = isOwnAccount ? known : await asSystem(() => actIn(context, request, known));
      request.principal = principal;
      assertPermitted(request, principal);
      assertOwnMatter(name, principal);
      // Sessions are where people are at home.
      await asSystem(() => assertConfirmed(context, request, principal));
      await assertWithinReach(context.database.kysely, request, principal);
    } catch (error) {
      if (error instanceof HttpProblem && error.status === 403)
        await recordRefusal(request.principal ?? known, name, error.details.detail ?? error.code);
      throw error;
    }
  });
}

async function recognise(request: FastifyRequest, context: AccessContext): Promise<Principal | undefined> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [, secret] = /^Bearer ([\w-]{20,200})$/i.exec(authorization) ?? [];
    const principal = secret === undefined ? undefined : await findToken(context, secret);
    // A credential that was given and does not hold is an error, also where none is needed.
    if (principal === undefined)
      throw new HttpProblem(401, 'bad-token', {
        detail: 'The API token is unknown, has ended or was revoked.',
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
      });
    return principal;
  }
  if (channelOf(request.raw) === 'unix')
    return {
      kind: 'local',
      id: 'local',
      name: 'local operator',
      organisationId: DEFAULT_ORGANISATION_ID,
      personId: null,
      permissions: authorityOf(PERMISSION_NAMES),
      expiresAt: null,
    };
  const secret = readSessionCookie(request);
  if (secret === undefined) return undefined;
  const principal = await findSession(context, secret);
  if (principal !== undefined) assertSameOrigin(request);
  return principal;
}
