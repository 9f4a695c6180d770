import { createHash } from 'node:crypto';
import { FeedError } from '../feed-error.ts';
import type { FeedDocument, FeedItem, FeedRequest } from '../feed.ts';
import { childOf, childrenOf, xmlRecords } from '../xml.ts';

/** Where a repository's updates apply. Travels as the note of its requests. */
export interface RepositoryPlace {
  /** `rocky:9`, `amzn:2`. */
  readonly namespace: string;
  readonly channel: string | null;
  /** Tells the repositories of a release apart, in the ids of advisories: `AppStream/x86_64`. */
  readonly key: string;
}

/** Fedora's `updates` of one architecture has 150 MB unpacked. */
const LIMIT_UPDATEINFO_BYTES = 2_000_000_000;
const LIMIT_REPOMD_BYTES = 4_000_000;
const PACKINGS: ReadonlyMap<string, FeedRequest['packing']> = new Map([
  ['gz', 'gzip'],
  ['xz', 'xz'],
  ['zst', 'zstd'],
  ['bz2', 'bzip2'],
  ['xml', 'plain'],
]);

/** `folder` is the repository's base and ends in a slash. */
export function repomdRequest(folder: string, place: RepositoryPlace): FeedRequest {
  return {
    path: `${folder}repodata/repomd.xml`,
    role: 'repomd',
    packing: 'plain',
    limitBytes: LIMIT_REPOMD_BYTES,
    // Releases and repositories come and go.
    optional: true,
    note: noteOf(place, null),
  };
}

function noteOf(place: RepositoryPlace, openSha256: string | null): string {
  return [place.namespace, place.channel ?? '', place.key, openSha256 ?? ''].join(' ');
}

export function placeOfNote(document: FeedDocument): RepositoryPlace & { readonly openSha256: string | null } {
  const [namespace = '', channel = '', key = '', openSha256 = ''] = (document.request.note ?? '').split(' ');
  if (namespace === '') throw new TypeError(`a request for ${document.request.path} without its place`);
  return { namespace, channel: channel || null, key, openSha256: openSha256 || null };
}

/** The request for the updateinfo that a repomd.xml names; none when the repository has no updates with descriptions. */
export async function* updateinfoRequests(document: FeedDocument): AsyncGenerator<FeedItem> {
  const { path } = document.request;
  const place = placeOfNote(document);
  let kinds = 0;
  for await (const { element } of xmlRecords(document.chunks(), ['data'], { what: path, limitRecords: 200 })) {
    kinds += 1;
    if (element.attributes.get('type') !== 'updateinfo') continue;
    const href = childOf(element, 'location')?.attributes.get('href') ?? '';
    const packing = PACKINGS.get(href.split('.').at(-1) ?? '');
    if (!/^[\w./+-]{1,512}$/.test(href) || href.includes('..') || href.startsWith('/') || packing === undefined)
      throw new FeedError('malformed', `${path}: it names no updateinfo that can be read: ${href.slice(0, 100)}`);
    const sha256 = childrenOf(element, 'open-checksum').find((sum) => sum.attributes.get('type') === 'sha256');
    yield {
      kind: 'request',
      request: {
        path: path.replace(/repodata\/repomd\.xml$/, href),
        role: 'updateinfo',
        packing,
        limitBytes: LIMIT_UPDATEINFO_BYTES,
        note: noteOf(place, sha256?.text.trim() ?? null),
      },
    };
  }
  if (kinds === 0) throw new FeedError('malformed', `${path}: it is not the metadata of a repository`);
}

/** The same chunks; at their end a FeedError `not-authentic` when they are not what the repository's metadata states. */
export async function* checkedChunks(
  chunks: AsyncIterable<Uint8Array>,
  sha256: string | null,
  what: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  if (sha256 !== null && hash.digest('hex') !== sha256.toLowerCase())
    throw new FeedError('not-authentic', `${what}: its SHA-256 is not what repomd.xml states`);
}
