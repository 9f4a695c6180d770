import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { jsonMembers } from '../../feed/json-stream.ts';
import { normaliseGroup } from './normalise.ts';

/** All groups of ten years have 2 MB. */
const LIMIT_BYTES = 64 * 1024 * 1024;
const LIMIT_RECORDS = 200_000;
/** The largest group has 5 kB. */
const RECORD_LIMIT_BYTES = 4 * 1024 * 1024;

/** Arch Linux's groups of vulnerabilities, with the version that repaired them. */
export const arch: Feed = {
  id: 'arch',
  name: 'Arch Linux security tracker',
  publisher: 'Arch Linux security team',
  documentation: 'https://security.archlinux.org/',
  licence: 'not stated',
  namespaces: ['arch'],
  mode: 'snapshot',
  baseUrl: 'https://security.archlinux.org/',
  intervalHours: 6,
  limitRecords: LIMIT_RECORDS,
  start: () => [{ path: 'all.json', role: 'groups', packing: 'plain', limitBytes: LIMIT_BYTES }],
  read: readGroups,
};

async function* readGroups(document: FeedDocument, _context: FeedContext): AsyncGenerator<FeedItem> {
  const limits = { what: "Arch Linux's tracker", limitRecords: LIMIT_RECORDS, recordLimitBytes: RECORD_LIMIT_BYTES };
  const seen = new Set<string>();
  let groups = 0;
  for await (const member of jsonMembers(document.chunks(), ['$.*'], limits)) {
    // `{"detail": "Not found"}` is an answer, but not a list of groups.
    if (typeof member.path[0] !== 'number')
      throw new FeedError('malformed', `${limits.what}: is an object, where a list of groups was expected`);
    groups += 1;
    yield* normaliseGroup(member, seen);
  }
  if (groups === 0) throw new FeedError('malformed', `${limits.what} holds no group`);
}
