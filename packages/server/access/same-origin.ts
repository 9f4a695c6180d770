import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/problem.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a request with effects that a page of another origin made a browser send. Browsers say where a request comes
 * from in Sec-Fetch-Site, older ones in Origin; `same-site` is not enough, since other ports of this host are same-site.
 * Whoever sends neither is no browser, and its cookie (SameSite=Strict) was put there by hand.
 *
 * @throws HttpProblem 403 `cross-origin`
 */
export function assertSameOrigin(request: FastifyRequest): void {
  if (SAFE_METHODS.has(request.method)) return;
  const { 'sec-fetch-site': site, origin, host } = request.headers;
  const foreign =
    site === undefined ? origin !== undefined && hostOf(origin) !== host : site !== 'same-origin' && site !== 'none';
  if (foreign) throw new HttpProblem(403, 'cross-origin', { detail: 'Another site made this request.' });
}

/** Undefined for the opaque origin "null", which is then foreign. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
