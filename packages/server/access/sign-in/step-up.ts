import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { readSessionCookie } from '../cookie.ts';
import { routeName } from '../permissions/route-name.ts';
import type { Principal } from '../principal.ts';
import { readSession } from '../sessions/read-session.ts';
import { confirmationOf } from './confirmed-routes.ts';

/** How long a proof of being there is good for. */
export const CONFIRMED_MS = 10 * 60_000;

/**
 * What a session that was stolen, or left open, must not be able to do needs a proof that is fresh.
 *
 * @throws HttpProblem 403 `confirm-yourself`, `only-people`
 */
export async function assertConfirmed(
  context: AccessContext,
  request: FastifyRequest,
  principal: Principal,
): Promise<void> {
  const whose = confirmationOf(routeName(request.method, request.routeOptions.url ?? ''));
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
