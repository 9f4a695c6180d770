import { createHash } from 'node:crypto';
import { FeedError } from '@thimble/advisories';

/** Longest name of one file on the usual file systems, bytes. */
const NAME_LIMIT_BYTES = 255;

/** Below this folder lie documents that an upstream names by an absolute address elsewhere, by host. */
const ELSEWHERE = '_elsewhere';

/** The document at a folder's own address. */
const INDEX = '_index';

/**
 * The file, relative to a feed's folder, under which a mirror keeps a document: the request's path as it is, a query
 * behind it as `?…`. Documents at other hosts are under `_elsewhere/HOST/`,
 * those at a folder's own address are its `_index`.
 *
 * @param path of a request: relative, or an absolute address
 * @throws FeedError `malformed` for a path that leaves the folder
 */
export function mirrorName(path: string): string {
  const relative = isAbsolute(path) ? elsewhere(path) : path;
  const at = relative.indexOf('?');
  const before = at < 0 ? relative : relative.slice(0, at);
  const query = at < 0 ? '' : relative.slice(at).replaceAll('/', '%2F');
  const file = before === '' || before.endsWith('/') ? `${before}${INDEX}` : before;
  const segments = `${decoded(file)}${query}`.split('/');
  if (segments.some((segment) => segment === '..' || segment === '.' || segment === '' || segment.includes('\0')))
    throw new FeedError('malformed', `${JSON.stringify(path)} is no path within a feed`);
  return segments.map(shortened).join('/');
}

/** The same as an address relative to a feed's base address at a mirror. */
export function mirrorAddress(path: string): string {
  return isAbsolute(path) ? elsewhere(path) : path;
}

export function isAbsolute(path: string): boolean {
  return /^([a-z][a-z0-9+.-]*:)?\/\//i.test(path);
}

function elsewhere(address: string): string {
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'https:')
    throw new FeedError('malformed', `${JSON.stringify(address)} is no https address`);
  return `${ELSEWHERE}/${url.host}${url.pathname}${url.search}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new FeedError('malformed', `${JSON.stringify(path)} is no path`, { cause });
  }
}

function shortened(segment: string): string {
  if (Buffer.byteLength(segment) <= NAME_LIMIT_BYTES) return segment;
  const digest = createHash('sha256').update(segment).digest('hex').slice(0, 32);
  return `${Buffer.from(segment)
    .subarray(0, 200)
    .toString('latin1')
    .replaceAll(/[^\x20-\x7e]/g, '_')}~${digest}`;
}
