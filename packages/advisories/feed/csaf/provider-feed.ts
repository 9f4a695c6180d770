import { Compile } from 'typebox/compile';
import { Type } from 'typebox';
import { FeedError } from '../feed-error.ts';
import type { Feed, FeedContext, FeedDocument, FeedItem, FeedRequest } from '../feed.ts';
import { pastMoment } from '../moments.ts';
import { changedDocuments, changesRequest, documentRequest, sinceMs, STATED_TIME_OVERLAP_MS } from './directory.ts';
import { csafItems } from './document-items.ts';

const LIMIT_METADATA_BYTES = 4_000_000;
const LIMIT_ROLIE_BYTES = 512_000_000;
const LIMIT_ENTRIES = 500_000;
/** Longest address that is followed. */
const LIMIT_URL = 2_048;

const Url = Type.String({ maxLength: 10_000 });
const Metadata = Type.Object({
  canonical_url: Type.Optional(Url),
  publisher: Type.Object({ name: Type.String() }),
  distributions: Type.Optional(
    Type.Array(
      Type.Object({
        directory_url: Type.Optional(Url),
        /** CSAF 2.1. */
        directory: Type.Optional(Type.Object({ url: Url })),
        rolie: Type.Optional(
          Type.Object({
            feeds: Type.Optional(
              Type.Array(Type.Object({ url: Url, tlp_label: Type.Optional(Type.String()) }), { maxItems: 1_000 }),
            ),
          }),
        ),
      }),
      { maxItems: 1_000 },
    ),
  ),
});
const METADATA = Compile(Metadata);

const Link = Type.Object({ rel: Type.String(), href: Url });
const RolieEntry = Type.Object({
  updated: Type.String(),
  link: Type.Optional(Type.Array(Link)),
  content: Type.Optional(Type.Object({ src: Url })),
});
const ROLIE = Compile(
  Type.Object({ feed: Type.Object({ entry: Type.Array(Type.Unknown(), { maxItems: LIMIT_ENTRIES }) }) }),
);
const ENTRY = Compile(RolieEntry);

export interface CsafProvider {
  /** Kebab-case; the feed's id is `csaf-` and this. */
  readonly id: string;
  readonly name: string;
  readonly documentation: string;
  /** The folder of provider-metadata.json: `https://example.com/.well-known/csaf/`. */
  readonly baseUrl: string;
  readonly licence?: string;
}

/**
 * Any provider of CSAF documents, found by its provider-metadata.json (CSAF 2.0, 7.1.7): ROLIE feeds where it has them,
 * else its directories with changes.csv.
 */
export function csafProviderFeed({ id, name, documentation, baseUrl, licence = 'not stated' }: CsafProvider): Feed {
  const feed = `csaf-${id}`;
  return {
    id: feed,
    name: `${name} (CSAF)`,
    publisher: name,
    documentation,
    licence,
    namespaces: ['cpe'],
    mode: 'delta',
    baseUrl,
    intervalHours: 6,
    limitRecords: LIMIT_ENTRIES,
    start: () => [
      { path: 'provider-metadata.json', role: 'metadata', packing: 'plain', limitBytes: LIMIT_METADATA_BYTES },
    ],
    read: (document, context) => readProvider(feed, document, context),
  };
}

async function* readProvider(feed: string, document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  switch (document.request.role) {
    case 'metadata':
      for (const request of distributions(await jsonOf(document))) yield { kind: 'request', request };
      return;
    case 'rolie':
      yield* rolieEntries(document, context);
      return;
    case 'changes':
      yield* changedDocuments(document, context, STATED_TIME_OVERLAP_MS);
      return;
    default:
      yield* csafItems(feed, document.request.path, await document.bytes(), context.now);
  }
}

function distributions(metadata: unknown): readonly FeedRequest[] {
  if (!METADATA.Check(metadata)) throw new FeedError('malformed', 'it is not the metadata of a CSAF provider');
  const all = metadata.distributions ?? [];
  const rolie = all
    .flatMap((distribution) => distribution.rolie?.feeds ?? [])
    // TLP: what is not for everyone needs an account.
    .filter(
      ({ url, tlp_label: label }) => isAddress(url) && ['WHITE', 'CLEAR', 'UNLABELED', undefined].includes(label),
    );
  const folders = all
    .flatMap(({ directory_url: old, directory }) => [old, directory?.url])
    .filter((url) => url !== undefined);
  const requests =
    rolie.length > 0
      ? rolie.map(({ url }): FeedRequest => ({
          path: url,
          role: 'rolie',
          packing: 'plain',
          limitBytes: LIMIT_ROLIE_BYTES,
        }))
      : folders.filter(isAddress).map((url) => changesRequest(url.endsWith('/') ? url : `${url}/`));
  if (requests.length === 0)
    throw new FeedError('unsupported', 'the provider states no distribution that is open to everyone');
  return requests;
}

/** A ROLIE feed in JSON (CSAF 2.0, 7.1.14). */
async function* rolieEntries(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const rolie = await jsonOf(document);
  if (!ROLIE.Check(rolie)) throw new FeedError('malformed', `${document.request.path}: it is not a ROLIE feed in JSON`);
  const since = sinceMs(context.watermark, STATED_TIME_OVERLAP_MS);
  let newest: string | null = null;
  for (const [index, entry] of rolie.feed.entry.entries()) {
    const valid = ENTRY.Check(entry) ? entry : null;
    const url = valid?.content?.src ?? valid?.link?.find(({ rel }) => rel === 'self')?.href ?? '';
    const moment = pastMoment(valid?.updated, context.now);
    if (!isAddress(url) || moment === null) {
      yield { kind: 'fault', record: `entry ${index + 1}`, reason: 'it does not name a document and its time' };
      continue;
    }
    if (newest === null || moment > newest) newest = moment;
    if (Date.parse(moment) >= since) yield { kind: 'request', request: documentRequest(url) };
  }
  if (newest !== null) yield { kind: 'watermark', value: newest };
}

function isAddress(url: string): boolean {
  return url.length <= LIMIT_URL && url.startsWith('https://') && URL.canParse(url);
}

async function jsonOf(document: FeedDocument): Promise<unknown> {
  try {
    return JSON.parse(Buffer.from(await document.bytes()).toString('utf8'));
  } catch (error) {
    if (error instanceof FeedError) throw error;
    throw new FeedError('malformed', `${document.request.path}: it is not JSON`, { cause: error });
  }
}
