import type { FastifyRequest } from 'fastify';
import { type AttemptKey, countAttempt, forgiveAttempt } from '../attempts/attempts.ts';
import { ADDRESS_POLICY, BROWSER_POLICY, LOGIN_POLICY } from '../attempts/delay-after.ts';
import { networkOf } from '../attempts/network-of.ts';
import type { AccessContext } from '../context.ts';
import { knownBrowserOf } from './known-browser.ts';

export interface GuardedAttempt {
  /** The password was right, but there is more to come: the address did nothing wrong. */
  readonly rightSoFar: () => Promise<void>;
  readonly succeeded: () => Promise<void>;
}

/**
 * Counts a try against a login; for those that nobody has just the same, so that nobody learns which exist.
 *
 * @throws HttpProblem 429 `too-many-attempts`
 */
export async function guardLogin(
  context: AccessContext,
  request: FastifyRequest,
  login: string,
): Promise<GuardedAttempt> {
  const browser = await knownBrowserOf(context, request, login);
  if (browser !== undefined) return guard(context, [{ key: `browser:${browser}`, policy: BROWSER_POLICY }], []);
  return guard(context, [{ key: `login:${login}`, policy: LOGIN_POLICY }], [addressKey(request)]);
}

/** Counts a try that names nobody: a link, a passkey. */
export async function guardAddress(context: AccessContext, request: FastifyRequest): Promise<GuardedAttempt> {
  return guard(context, [], [addressKey(request)]);
}

function addressKey(request: FastifyRequest): AttemptKey {
  return { key: `address:${networkOf(request.ip)}`, policy: ADDRESS_POLICY };
}

async function guard(
  context: AccessContext,
  own: readonly AttemptKey[],
  shared: readonly AttemptKey[],
): Promise<GuardedAttempt> {
  await countAttempt(context, [...own, ...shared]);
  const takeBack = shared.map(({ key }) => key);
  return {
    rightSoFar: () => forgiveAttempt(context, { forget: [], takeBack }),
    // Only what is the person's own begins anew: else one account would clear the address for guessing at others.
    succeeded: () => forgiveAttempt(context, { forget: own.map(({ key }) => key), takeBack }),
  };
}
