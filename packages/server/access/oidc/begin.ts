import type { FastifyReply, FastifyRequest } from 'fastify';
import * as oidc from 'openid-client';
import { CHALLENGE_MS, keepChallenge } from '../challenges.ts';
import type { AccessContext } from '../context.ts';
import { readSessionCookie, setProviderCookie } from '../cookie.ts';
import { hashSecret, newSecret } from '../secrets.ts';
import { readSession } from '../sessions/read-session.ts';
import { CONFIRMED_MS } from '../sign-in/step-up.ts';
import { SingleSignOnError } from './error.ts';
import { type Provider, redirectUri } from './provider.ts';
import { connectProvider } from './provider-client.ts';

export interface Beginning {
  /** Whether the person who is signed in wants to sign in by this provider from now on. */
  readonly links: boolean;
  /** The organisation in whose console it was begun. */
  readonly from: string | undefined;
}

/**
 * Sends the browser to the provider: code flow with PKCE (RFC 7636), state and nonce. What comes back has to come back to
 * this browser.
 *
 * @throws SingleSignOnError `confirm-yourself`
 */
export async function beginSignOn(
  context: AccessContext,
  request: FastifyRequest,
  reply: FastifyReply,
  provider: Provider,
  { links, from }: Beginning,
): Promise<string> {
  const personId = links ? await confirmedPerson(context, request) : null;
  const client = await connectProvider(context, provider);
  const [state, nonce, verifier, browser] = [1, 2, 3, 4].map(() => newSecret('', context.random)) as [
    string,
    string,
    string,
    string,
  ];
  await keepChallenge(context, 'single-sign-on', state, {
    organisationId: provider.organisationId,
    personId,
    detail: {
      providerId: provider.id,
      nonce,
      verifier,
      browser: hashSecret(browser).toString('hex'),
      ...(from === undefined ? {} : { from }),
    },
  });
  setProviderCookie(request, reply, browser, new Date(context.clock().getTime() + CHALLENGE_MS));
  return oidc.buildAuthorizationUrl(client, {
    redirect_uri: redirectUri(context.publicUrl, provider.id),
    scope: ['openid', ...provider.scopes.split(' ').filter((scope) => scope !== '' && scope !== 'openid')].join(' '),
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  }).href;
}

async function confirmedPerson(context: AccessContext, request: FastifyRequest): Promise<string> {
  const session = await readSession(context, readSessionCookie(request) ?? '');
  if (session === undefined || context.clock().getTime() - session.confirmedAt.getTime() > CONFIRMED_MS)
    throw new SingleSignOnError('confirm-yourself', 'the session did not prove itself of late');
  return session.personId;
}
