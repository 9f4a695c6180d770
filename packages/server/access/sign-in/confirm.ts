import type { ConfirmRequest, Confirmed } from '@thimble/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import { ownAccount } from '../account/own-account.ts';
import type { AccessContext } from '../context.ts';
import { readSessionCookie, setSessionCookie } from '../cookie.ts';
import { verifyPasskey } from '../passkeys/passkey-assertion.ts';
import { notSignedIn } from '../principal.ts';
import { confirmSession } from '../sessions/confirm-session.ts';
import { isOwnPassword } from './by-password.ts';
import { recordRefusal } from './refuse.ts';
import { CONFIRMED_MS } from './step-up.ts';

/** @throws HttpProblem 401 `bad-passkey`; 403 `not-you`; 429 `too-many-attempts` */
export async function confirm(
  context: AccessContext,
  request: FastifyRequest,
  reply: FastifyReply,
  proof: ConfirmRequest,
): Promise<Confirmed> {
  const account = await ownAccount(context, request);
  const isRight =
    proof.kind === 'password'
      ? await isOwnPassword(context, request, account.personId, proof.password)
      : (await verifyPasskey(context, request, proof.assertion)).personId === account.personId;
  if (!isRight) {
    await recordRefusal(context, { person: account, way: `${proof.kind} (to confirm)`, address: request.ip });
    throw new HttpProblem(403, 'not-you', {
      detail: proof.kind === 'password' ? 'This is not your password.' : 'This is not your passkey.',
    });
  }
  const session = await confirmSession(context, readSessionCookie(request) ?? '');
  if (session === undefined) throw notSignedIn();
  setSessionCookie(request, reply, session.secret, session.expiresAt);
  return { until: new Date(context.clock().getTime() + CONFIRMED_MS).toISOString() };
}
