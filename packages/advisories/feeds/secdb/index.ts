import { type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { readDatabase } from './database.ts';
import { alpineRequests, listedRequests } from './requests.ts';
import type { Place } from './normalise.ts';

/** Chainguard's, the largest, is about 60 MB. */
const LIMIT_BYTES = 1024 * 1024 * 1024;
const LIMIT_RECORDS = 1_000_000;
/** An index page of some kilobytes. */
const INDEX_LIMIT_BYTES = 1024 * 1024;

/** Alpine: which version of a package repaired what, by release and repository. */
export const secdbAlpine: Feed = {
  id: 'secdb-alpine',
  name: 'Alpine Linux security database',
  publisher: 'Alpine Linux',
  documentation: 'https://secdb.alpinelinux.org/',
  licence: 'CC-BY-SA-4.0',
  namespaces: ['alpine'],
  mode: 'snapshot',
  baseUrl: 'https://secdb.alpinelinux.org/',
  intervalHours: 6,
  limitRecords: LIMIT_RECORDS,
  start: ({ namespaces }) => alpineRequests(namespaces, { database: LIMIT_BYTES, index: INDEX_LIMIT_BYTES }),
  read: readAlpine,
};

async function* readAlpine(document: FeedDocument, _context: FeedContext): AsyncGenerator<FeedItem> {
  const { role, path } = document.request;
  if (role === 'index') {
    for (const request of listedRequests(await document.bytes(), LIMIT_BYTES)) yield { kind: 'request', request };
    return;
  }
  const [, release = '', repository = ''] = /^(?:.*\/)?(v\d+\.\d+|edge)\/([a-z]+)\.json$/.exec(path) ?? [];
  const place: Place = {
    feed: 'secdb-alpine',
    namespace: `alpine:${release.replace(/^v/, '')}`,
    distribution: 'Alpine',
    release,
    repository,
    channel: repository === 'main' ? null : repository,
  };
  yield* readDatabase(document, place, LIMIT_RECORDS);
}

/** A distribution without releases: one database for all of it. */
function rollingFeed(distribution: 'Wolfi' | 'Chainguard', baseUrl: string, path: string, repository: string): Feed {
  const namespace = distribution.toLowerCase();
  const id = `secdb-${namespace}`;
  const place: Place = { feed: id, namespace, distribution, release: null, repository, channel: null };
  return {
    id,
    name: `${distribution} security database`,
    publisher: 'Chainguard',
    documentation: 'https://github.com/wolfi-dev/advisories',
    licence: 'not stated',
    namespaces: [namespace],
    mode: 'snapshot',
    baseUrl,
    intervalHours: 6,
    limitRecords: LIMIT_RECORDS,
    start: () => [{ path, role: 'database', packing: 'plain', limitBytes: LIMIT_BYTES }],
    read: (document) => readDatabase(document, place, LIMIT_RECORDS),
  };
}

export const secdbWolfi = rollingFeed('Wolfi', 'https://packages.wolfi.dev/', 'os/security.json', 'os');

export const secdbChainguard = rollingFeed(
  'Chainguard',
  'https://packages.cgr.dev/',
  'chainguard/security.json',
  'chainguard',
);
