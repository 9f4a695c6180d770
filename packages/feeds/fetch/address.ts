import { type Feed, FeedError, type FeedRequest } from '@thimble/advisories';
import { assertAllowed, configuredBase, printable } from '@thimble/upstream';
import { asFeedError } from '../upstream-fault.ts';
import { isAbsolute, mirrorAddress } from './mirror-name.ts';

/** Where feeds are asked: at their upstreams, at other addresses, or at a mirror of all of them. */
export interface BaseAddresses {
  /** By feed id; http, https or file addresses. */
  readonly baseUrls: ReadonlyMap<string, string>;
  /** Has a folder of each feed's id, as `thimble feeds serve` gives it; null: none. */
  readonly mirror: string | null;
}

export interface Address {
  readonly url: URL;
  /** The feed's base as configured: its host is trusted. */
  readonly base: URL;
}

/**
 * The address of a request.
 *
 * @throws FeedError `unsupported` for a base address that is none, `malformed` for a path that leaves the base,
 *   `unreachable` for one that is not allowed
 */
export function addressOf(
  feed: Pick<Feed, 'id' | 'baseUrl'>,
  request: Pick<FeedRequest, 'path'>,
  addresses: BaseAddresses,
): Address {
  const configured = addresses.baseUrls.get(feed.id);
  const mirrored = configured === undefined && addresses.mirror !== null;
  const base = mirrored
    ? baseAddress(`${baseAddress(addresses.mirror ?? '').href}${feed.id}/`)
    : baseAddress(configured ?? feed.baseUrl);
  const path = request.path.startsWith(feed.baseUrl) ? request.path.slice(feed.baseUrl.length) : request.path;
  if (isAbsolute(path) && !mirrored && base.protocol !== 'file:') {
    const url = URL.parse(path, base.href);
    if (url === null) throw new FeedError('malformed', `${JSON.stringify(path)} is no address`);
    try {
      assertAllowed(url, configuredBase(base));
    } catch (error) {
      throw asFeedError(error);
    }
    return { url, base };
  }
  const relative = mirrorAddress(path);
  const url = URL.parse(relative.replace(/^([^?/]*:)/, './$1'), base.href);
  if (url === null || !url.href.startsWith(base.href) || url.hash !== '')
    throw new FeedError('malformed', `${JSON.stringify(request.path)} is no path below ${printable(base)}`);
  return { url, base };
}

/** An address that others are relative to. @throws FeedError `unsupported` */
export function baseAddress(text: string): URL {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
  if (url === null || !['http:', 'https:', 'file:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    throw new FeedError('unsupported', `${JSON.stringify(text)} is no base address: give one of http, https or file`);
  return url;
}
