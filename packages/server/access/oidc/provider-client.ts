import { createGuardedFetch } from '@thimble/upstream';
import * as oidc from 'openid-client';
import type { AccessContext } from '../context.ts';
import { type Provider, SECRET_PURPOSE } from './provider.ts';

/** For each of the few requests of a sign-in; a person waits for it. */
const DEADLINE_MS = 10_000;
/** Large providers publish a dozen keys with their certificates. */
const ANSWER_LIMIT_BYTES = 1024 * 1024;

/**
 * Asks the provider how it is to be used (OpenID Connect Discovery 1.0), and checks that it is the one that was configured.
 *
 * @throws whatever openid-client or the guarded fetch say
 */
export async function connectProvider(
  { settings, secrets, clock }: Pick<AccessContext, 'settings' | 'secrets' | 'clock'>,
  { issuer, clientId, clientSecretSealed }: Pick<Provider, 'issuer' | 'clientId' | 'clientSecretSealed'>,
): Promise<oidc.Configuration> {
  const hosts = new Set((settings.identityProviderHosts ?? '').split(/[,\s]+/).filter((host) => host !== ''));
  const isInside = (url: URL): boolean => hosts.has(url.hostname);
  const fetch = createGuardedFetch({
    addresses: {
      isConfigured: (url) => isInside(url) && (url.protocol === 'https:' || url.hostname === 'localhost'),
      isTrusted: isInside,
    },
    deadlineMs: DEADLINE_MS,
    bodyLimitBytes: ANSWER_LIMIT_BYTES,
  });
  const secret = clientSecretSealed === null ? undefined : secrets.open(SECRET_PURPOSE, clientSecretSealed).toString();
  const server = new URL(issuer);
  return oidc.discovery(
    server,
    clientId,
    // The library reads the machine's own clock: this is how far the server's differs from it.
    { [oidc.clockSkew]: Math.round((clock().getTime() - Date.now()) / 1000) },
    secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret),
    {
      [oidc.customFetch]: (url, { method, headers, body, signal }) =>
        fetch(url, { method, headers, body: wholeBody(body), signal }),
      // Past this check is still the guarded fetch, which lets nothing but this machine answer without TLS.
      execute: server.protocol === 'http:' && isInside(server) ? [oidc.allowInsecureRequests] : [],
    },
  );
}

/** The library sends forms and nothing else. */
function wholeBody(body: unknown): string | URLSearchParams | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof URLSearchParams) return body;
  throw new Error('a request to an identity provider has a body of an unexpected kind');
}
