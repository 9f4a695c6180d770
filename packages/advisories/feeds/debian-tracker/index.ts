import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { jsonMembers } from '../../feed/json-stream.ts';
import { normaliseRecord } from './normalise.ts';

/** The whole tracker is about 80 MB and grows by 10 MB a year. */
const LIMIT_BYTES = 1024 * 1024 * 1024;
/** Pairs of package and vulnerability: about 170,000. */
const LIMIT_RECORDS = 2_000_000;

/** What Debian knows of every package and vulnerability, release by release, repaired or not. */
export const debianTracker: Feed = {
  id: 'debian-tracker',
  name: 'Debian security tracker',
  publisher: 'Debian Security team',
  documentation: 'https://security-tracker.debian.org/tracker/',
  licence: 'not stated',
  namespaces: ['debian'],
  mode: 'snapshot',
  baseUrl: 'https://security-tracker.debian.org/tracker/',
  intervalHours: 6,
  limitRecords: LIMIT_RECORDS,
  start: () => [{ path: 'data/json', role: 'tracker', packing: 'plain', limitBytes: LIMIT_BYTES }],
  read: readTracker,
};

async function* readTracker(document: FeedDocument, _context: FeedContext): AsyncGenerator<FeedItem> {
  const limits = { what: "Debian's tracker", limitRecords: LIMIT_RECORDS };
  /** Statements about releases that are not in the table, by code name: told once, not 100,000 times. */
  const unknownReleases = new Map<string, number>();
  let records = 0;
  // Both: pairs one by one with their own digest, and packages to see that each of them is an object.
  for await (const member of jsonMembers(document.chunks(), ['$.*', '$.*.*'], limits)) {
    const [source, vulnerability] = member.path;
    if (typeof source !== 'string')
      throw new FeedError('malformed', `${limits.what}: is a list, where an object of packages was expected`);
    if (vulnerability === undefined) {
      if (typeof member.value !== 'object' || member.value === null || Array.isArray(member.value))
        yield { kind: 'fault', record: source.slice(0, 200), reason: 'is no object of vulnerabilities' };
      continue;
    }
    // A list in place of an object: the package itself is told as a fault when it ends.
    if (typeof vulnerability !== 'string') continue;
    records += 1;
    yield* normaliseRecord({ source, vulnerability, value: member.value, sha256: member.sha256 }, unknownReleases);
  }
  if (records === 0) throw new FeedError('malformed', `${limits.what}: holds no package with a vulnerability`);
  for (const [codename, count] of unknownReleases)
    yield {
      kind: 'fault',
      record: codename,
      reason: `release is not known, ${count} statements were dropped; its number is needed in the table of releases`,
    };
}
