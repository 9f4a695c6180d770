import { ContentFault } from '../model/index.ts';

/** The base addresses of a repository. @throws ContentFault `malformed` */
export function baseAddresses(uris: readonly string[]): readonly URL[] {
  return uris.map((uri) => {
    const url = URL.parse(uri.endsWith('/') ? uri : `${uri}/`);
    if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
      throw new ContentFault('malformed', `${JSON.stringify(uri)} is no http or https address: correct the repository`);
    return url;
  });
}

/**
 * The address of a file in a repository. Everything but separators is encoded, so that a name can be neither a query nor a way out.
 *
 * @param path relative and decoded
 * @throws ContentFault `unsafe-path`
 */
export function addressBelow(base: URL, path: string): URL {
  const segments = path.split('/');
  const leaves = segments.some((segment) => segment === '..' || segment === '.');
  const url = leaves || !path.isWellFormed() ? null : URL.parse(segments.map(encodeURIComponent).join('/'), base.href);
  if (url === null || !url.href.startsWith(base.href))
    throw new ContentFault(
      'unsafe-path',
      `${JSON.stringify(path)} leaves the repository: nothing of this metadata is taken`,
      {
        path,
      },
    );
  return url;
}
