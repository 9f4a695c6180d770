import type { IncomingMessage } from 'node:http';

/** Longer than any ticket or token of ours. */
const LIMIT = 4096;

/**
 * The secret that a request carries: a bearer token (RFC 6750), or the password of any user (RFC 7617), which is all that package
 * managers can send.
 *
 * @returns null: none, or not readable
 */
export function secretOf(request: IncomingMessage): string | null {
  const { authorization } = request.headers;
  if (authorization === undefined || authorization.length > LIMIT) return null;
  const match = /^(bearer|basic) +([\w.~+/-]+=*)$/i.exec(authorization);
  if (match === null) return null;
  const [, scheme = '', given = ''] = match;
  if (scheme.toLowerCase() === 'bearer') return given;
  const pair = Buffer.from(given, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 || colon === pair.length - 1 ? null : pair.slice(colon + 1);
}
