import { ContentFault, type GenericFile, type RepositoryDefinition } from '../../model/index.ts';
import { repositoryPath } from '../repository-path.ts';

/** Where a stated file is, for clients and for us. */
export interface Place {
  /** In the repository. */
  readonly path: string;
  /** Absolute, the best first. */
  readonly addresses: readonly URL[];
}

/**
 * A file whose address is relative is at that path, below any of the repository's base addresses. Another is at
 * `NAME/VERSION/FILE`, and upstream only at the address that was stated.
 *
 * @throws ContentFault `malformed`, `unsupported`, `unsafe-path`: what people stated can't be so
 */
export function placeOf(file: GenericFile, uris: RepositoryDefinition['uris']): Place {
  const what = `address of ${file.name} ${file.version}`;
  if (!URL.canParse(file.url)) {
    const path = repositoryPath(file.url, what);
    if (uris.length === 0)
      throw new ContentFault('malformed', `the ${what} is relative, but the repository has no address of its own`);
    return { path, addresses: uris.map((uri) => new URL(path.split('/').map(encodeURIComponent).join('/'), uri)) };
  }
  const url = new URL(file.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ContentFault(
      'unsupported',
      `the ${what} begins with ${url.protocol}, only http: and https: can be asked`,
    );
  const segments = [file.name, file.version, fileName(url, what)];
  if (segments.some((segment) => segment.includes('/')))
    throw new ContentFault('unsafe-path', `${file.name} ${file.version} has a slash in its name, version or file name`);
  return { path: repositoryPath(segments.join('/'), `name, version or ${what}`), addresses: [url] };
}

function fileName(url: URL, what: string): string {
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  try {
    // An address such as `https://vendor.example/download?file=7` names no file.
    return last === '' ? 'file' : decodeURIComponent(last);
  } catch (error) {
    throw new ContentFault('malformed', `the ${what} has broken %-escapes`, { cause: error });
  }
}
