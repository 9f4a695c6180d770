import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { listEntries } from './entries.ts';
import { normaliseEntry } from './normalise.ts';

/** Each list is below 2 MB after thirty years. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/** Debian's own record of its security advisories, with the version that each release got. */
export const debianLists: Feed = {
  id: 'debian-lists',
  name: 'Debian security advisories (DSA, DLA)',
  publisher: 'Debian Security and LTS teams',
  documentation: 'https://security-team.debian.org/security_tracker.html',
  licence: 'not stated',
  namespaces: ['debian'],
  mode: 'snapshot',
  baseUrl: 'https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/',
  intervalHours: 2,
  limitRecords: 200_000,
  start: () =>
    ['DSA', 'DLA'].map((kind) => ({
      path: `data/${kind}/list`,
      role: 'list',
      packing: 'plain',
      limitBytes: LIMIT_BYTES,
    })),
  read: readList,
};

async function* readList(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  /** An id that occurs again must not take the place of the first. */
  const seen = new Set<string>();
  for await (const piece of listEntries(document.chunks(), document.request.path)) {
    if (piece.kind === 'fault') {
      yield piece;
      continue;
    }
    const { name } = piece.entry.headline;
    if (seen.has(name)) yield { kind: 'fault', record: name, reason: 'is there a second time' };
    else yield* normaliseEntry(piece.entry, context.now);
    seen.add(name);
  }
  if (seen.size === 0)
    throw new FeedError('malformed', `${document.request.path} holds no advisory: it is not the tracker's list`);
}
