import { isForbiddenHost } from '@thimble/upstream';
import { HttpProblem } from '../../http/index.ts';

/**
 * Base address of a repository, with a slash at its end. Inner hosts are allowed: a person names them here.
 *
 * @throws HttpProblem 422
 */
export function baseAddress(text: string): string {
  const url = webAddress(text);
  if (url.search !== '')
    throw badAddress(text, 'has a query, but files are below it', 'Give the address of the folder alone.');
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

/** @throws HttpProblem 422 */
export function webAddress(text: string): URL {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw badAddress(
      text,
      'is no http or https address',
      'Other ways (files, CDs, tor, ssh) can’t be frozen: give an address of a web server that has the same.',
    );
  if (url.username !== '' || url.password !== '')
    throw badAddress(
      `${url.protocol}//${url.host}${url.pathname}`,
      'has a user name or password in it',
      'Leave it out: addresses are shown to everybody here and sent to endpoints.',
    );
  if (url.hash !== '') throw badAddress(text, 'has a fragment', 'Leave out what follows the number sign.');
  if (isForbiddenHost(url.hostname))
    throw badAddress(
      text,
      'is an address by which machines get their own credentials',
      'No repository is there: link-local and metadata addresses are never asked.',
    );
  return url;
}

function badAddress(text: string, what: string, hint: string): HttpProblem {
  return new HttpProblem(422, 'bad-address', { detail: `${text.slice(0, 300)} ${what}.`, hint });
}
