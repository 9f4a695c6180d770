import { ContentFault } from '../model/index.ts';

/** As PATH_MAX of Linux, less what the store's and the endpoint's own folders need. */
const PATH_LIMIT_CHARACTERS = 2048;

/**
 * A path as metadata states it, as the path in the repository by which clients ask for the file: relative, without `.` segments.
 * What could leave the repository is refused, also where a proxy or server between would decode it first.
 *
 * @param stated in metadata, for messages: `location of openssl`
 * @throws ContentFault `unsafe-path`
 */
export function repositoryPath(text: string, stated: string): string {
  const refuse = (why: string): never => {
    throw new ContentFault(
      'unsafe-path',
      `the ${stated} is ${JSON.stringify(text.slice(0, 200))}, which ${why}: nothing of this metadata is taken`,
    );
  };
  if (text.length > PATH_LIMIT_CHARACTERS) refuse(`is longer than ${PATH_LIMIT_CHARACTERS} characters`);
  if (hasControlCharacter(text) || !text.isWellFormed()) refuse('has characters that no path has');
  if (text.includes('\\') || /%(2e|2f|5c|00)/i.test(text)) refuse('hides a separator or dots');
  if (text.startsWith('/')) refuse('is absolute');
  const segments = text.split('/').filter((segment, index, all) => segment !== '.' || index === all.length - 1);
  if (segments.some((segment) => segment === '..')) refuse('leaves the repository');
  if (segments.some((segment) => segment === '' || segment === '.')) refuse('names no file');
  if (/^[a-z][a-z0-9+.-]*:/i.test(segments[0] ?? '')) refuse('is an address, not a path');
  return segments.join('/');
}

function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}
