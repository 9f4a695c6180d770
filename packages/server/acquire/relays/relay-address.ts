import { isForbiddenHost } from '@thimble/upstream';
import { HttpProblem } from '../../http/index.ts';

/**
 * Where a relay says that it is. Endpoints are sent there with their tickets, and people see it, so it is nothing but an address that
 * endpoints can use.
 *
 * @returns without a slash at its end
 * @throws HttpProblem 422 `bad-relay-address`
 */
export function relayAddress(text: string): string {
  const url = URL.parse(text);
  if (
    url?.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '' &&
    !isForbiddenHost(url.hostname)
  )
    return url.href.replace(/\/+$/, '');
  throw new HttpProblem(422, 'bad-relay-address', {
    detail: 'Endpoints reach a relay by an https address without a user name or query; this relay states another one.',
    hint: 'Start it with --public-url https://HOST:PORT.',
  });
}
