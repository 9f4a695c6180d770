import { channelOf } from './channel.ts';
import type { App } from './app.ts';

/**
 * No script but our own files. Styles may stand inline, because the console's component library writes its variables into
 * style elements; nothing secret can be read through them with no foreign address allowed for images and fonts.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * @param strictTransport Whether browsers shall be told to use nothing but TLS with this host. Not with a certificate of
 *   our own making: on a machine that trusts its authority it would close plain http://localhost, for every port.
 */
export function registerSecurityHeaders(app: App, strictTransport: boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS).header('x-request-id', request.id);
    // Without sub-domains: they may be other things.
    if (strictTransport && channelOf(request.raw) === 'tls')
      reply.header('strict-transport-security', 'max-age=31536000');
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
}
