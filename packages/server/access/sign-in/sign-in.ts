import type { SignInMethod } from '@thimble/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessContext } from '../context.ts';
import { readSessionCookie, setSessionCookie } from '../cookie.ts';
import type { Principal } from '../principal.ts';
import { createSession } from '../sessions/create-session.ts';
import { endSession } from '../sessions/end-sessions.ts';
import { findSession } from '../sessions/find-session.ts';
import { rememberBrowser } from './known-browser.ts';
import { originOf } from './origin.ts';

export interface SignedIn {
  readonly organisationId: string;
  readonly personId: string;
  readonly method: SignInMethod;
}

/**
 * Where all ways to sign in end: a session with a new secret, whatever cookie came with the request, so that nobody can
 * put a session into somebody's browser and wait for them to sign in.
 *
 * @throws HttpProblem 403 `disabled`
 */
export async function signIn(
  context: AccessContext,
  request: FastifyRequest,
  reply: FastifyReply,
  who: SignedIn,
): Promise<Principal> {
  const before = readSessionCookie(request);
  if (before !== undefined) await endSession(context, before);
  const session = await createSession(context, { ...who, ...originOf(request) });
  setSessionCookie(request, reply, session.secret, session.expiresAt);
  await rememberBrowser(context, request, reply, who);
  const principal = await findSession(context, session.secret);
  if (principal === undefined) throw new Error('the session ended at once');
  return principal;
}
