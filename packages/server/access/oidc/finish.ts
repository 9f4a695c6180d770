import type { FastifyReply, FastifyRequest } from 'fastify';
import * as oidc from 'openid-client';
import { takeChallenge } from '../challenges.ts';
import type { AccessContext } from '../context.ts';
import { clearProviderCookie, readProviderCookie } from '../cookie.ts';
import { hashSecret } from '../secrets.ts';
import { SingleSignOnError } from './error.ts';
import { type Profile, readProfile } from './profile.ts';
import { type Provider, redirectUri } from './provider.ts';
import { connectProvider } from './provider-client.ts';

export interface FinishedSignOn {
  readonly profile: Profile;
  /** Who was signed in when they asked to link; null: this is a sign-in. */
  readonly linkTo: string | null;
  /** The organisation in whose console it was begun. */
  readonly from: string | undefined;
}

/**
 * Takes the answer that the browser brings. The state is used up by it; it has to be of this browser and of this provider,
 * and the answer has to name the issuer where the provider says that it does (RFC 9207), so that no other provider's
 * answer is sent to this one's token endpoint.
 *
 * @throws SingleSignOnError, and what openid-client throws
 */
export async function finishSignOn(
  context: AccessContext,
  request: FastifyRequest,
  reply: FastifyReply,
  provider: Provider,
): Promise<FinishedSignOn> {
  const current = new URL(redirectUri(context.publicUrl, provider.id));
  current.search = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
  const state = current.searchParams.get('state') ?? '';
  const browser = readProviderCookie(request);
  clearProviderCookie(request, reply);
  const asked = await takeChallenge(context, 'single-sign-on', state);
  if (asked === undefined) throw new SingleSignOnError('unknown-flow', 'the state is unknown, was used or has ended');
  const { providerId, nonce, verifier, browser: expected, from } = asked.detail;
  if (browser === undefined || hashSecret(browser).toString('hex') !== expected)
    throw new SingleSignOnError('unknown-flow', 'another browser asked');
  if (providerId !== provider.id) throw new SingleSignOnError('bad-answer', 'another provider was asked');
  if (typeof nonce !== 'string' || typeof verifier !== 'string') throw new Error('a kept sign-on is incomplete');
  const client = await connectProvider(context, provider);
  const tokens = await oidc.authorizationCodeGrant(client, current, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (claims === undefined) throw new SingleSignOnError('bad-answer', 'there is no ID token');
  const hasAll = provider.groupsClaim in claims || client.serverMetadata().userinfo_endpoint === undefined;
  const more = hasAll ? {} : await oidc.fetchUserInfo(client, tokens.access_token, claims.sub);
  return {
    profile: readProfile({ ...more, ...claims }, provider.groupsClaim),
    linkTo: asked.personId,
    from: typeof from === 'string' ? from : undefined,
  };
}
