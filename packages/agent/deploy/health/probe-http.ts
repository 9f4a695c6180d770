import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';

/** A page of one's own machine. */
const ANSWER_MS = 10_000;

/**
 * Asks this machine's own loopback. Without `status` any answer below 400 will do, as redirections are not followed.
 * @returns why it is not well; null: it is.
 */
export function probeHttp(url: string, status: number | null): Promise<string | null> {
  // A port beyond the last one.
  if (!URL.canParse(url)) return Promise.resolve('this is no address');
  return new Promise((resolve) => {
    const request = url.startsWith('https:') ? requestHttps : requestHttp;
    const asked = request(url, {
      // Whoever can answer here is on this machine; its certificate is for its outer name.
      rejectUnauthorized: false,
      agent: false,
      lookup: loopback,
      headers: { 'user-agent': 'thimble-agent', connection: 'close' },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    asked.once('response', (response) => {
      const { statusCode = 0 } = response;
      response.destroy();
      const isWell = status === null ? statusCode < 400 : statusCode === status;
      resolve(isWell ? null : `it answered ${statusCode}${status === null ? '' : `, expected was ${status}`}`);
    });
    // Protocols are not switched (RFC 9110 section 15.2.2), and node then ends without another word.
    asked.once('close', () => resolve('it closed the connection without an answer'));
    asked.once('error', ({ message, name, code = name }: NodeJS.ErrnoException) => {
      const isLate = name === 'AbortError' || name === 'TimeoutError';
      // Of several addresses that failed there is only a code.
      resolve(isLate ? `no answer in ${ANSWER_MS / 1000} s` : message || code);
    });
    asked.end();
  });
}

/** `localhost` is this machine, whatever the resolver says (RFC 6761 section 6.3). */
const loopback: LookupFunction = (_hostname, { all }, callback) => {
  if (all === true)
    callback(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
  else callback(null, '127.0.0.1', 4);
};
