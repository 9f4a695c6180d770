import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { readSessionCookie } from '../cookie.ts';
import { routeName } from '../permissions/route-name.ts';
import type { Principal } from '../principal.ts';
import { readSession } from '../sessions/read-session.ts';

/** How long a proof of being there is good for. */
export const CONFIRMED_MS = 10 * 60_000;

/**
 * What a session that was stolen, or left open, must not be able to do: anything after which somebody can come back later,
 * or in another's name. `people`: nor may an API token, as nobody is there to confirm it. `tokens`: a token that has the
 * permission may, as it proves itself with every request. Named as in ROUTE_PERMISSIONS.
 */
export const CONFIRMED_ROUTES: ReadonlyMap<string, 'people' | 'tokens'> = new Map([
  ['PUT /me', 'people'],
  ['PUT /me/password', 'people'],
  ['POST /me/totp', 'people'],
  ['PUT /me/totp', 'people'],
  ['DELETE /me/totp', 'people'],
  ['POST /me/recovery-codes', 'people'],
  ['POST /me/passkeys/options', 'people'],
  ['POST /me/passkeys', 'people'],
  ['DELETE /me/passkeys/:id', 'people'],
  ['POST /people', 'people'],
  ['PUT /people/:id', 'people'],
  ['DELETE /people/:id', 'people'],
  ['POST /people/:id/link', 'people'],
  ['POST /identity-providers', 'people'],
  ['PUT /identity-providers/:id', 'people'],
  ['DELETE /identity-providers/:id', 'people'],
  ['PUT /sign-in-rules', 'people'],
  ['PUT /people/:id/grants', 'tokens'],
  ['POST /roles', 'tokens'],
  ['PUT /roles/:id', 'tokens'],
  ['POST /tokens', 'tokens'],
]);

/** @throws HttpProblem 403 `confirm-yourself`, `only-people` */
export async function assertConfirmed(
  context: AccessContext,
  request: FastifyRequest,
  principal: Principal,
): Promise<void> {
  const whose = CONFIRMED_ROUTES.get(routeName(request.method, request.routeOptions.url ?? ''));
  if (whose === undefined) return;
  // Whoever opens the server's own socket is root there.
  if (principal.kind === 'local' || (principal.kind === 'token' && whose === 'tokens')) return;
  const secret = readSessionCookie(request);
  if (principal.kind !== 'person' || secret === undefined)
    throw new HttpProblem(403, 'only-people', {
      detail: 'An API token can’t do this: nobody is there to confirm it.',
      hint: 'Sign in to the console, or use the command line on the server itself.',
    });
  const session = await readSession(context, secret);
  if (session === undefined || context.clock().getTime() - session.confirmedAt.getTime() > CONFIRMED_MS)
    throw new HttpProblem(403, 'confirm-yourself', {
      detail: 'This needs a proof that it is still you.',
      hint: 'Give your password or use your passkey again, then repeat it.',
    });
}
