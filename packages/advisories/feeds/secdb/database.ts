import { FeedError, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { jsonMembers } from '../../feed/json-stream.ts';
import { normalisePackage, type Place } from './normalise.ts';

/** The largest real package has some 100 kB. */
const RECORD_LIMIT_BYTES = 16 * 1024 * 1024;

/** Reads one database: `{ distroversion, reponame, packages: [{ pkg: { name, secfixes } }] }`. */
export async function* readDatabase(
  document: FeedDocument,
  place: Place,
  limitRecords: number,
): AsyncGenerator<FeedItem> {
  const what = document.request.path;
  /** Names that occurred: a second entry of one package must not take the place of the first. */
  const seen = new Map<string, number>();
  let named = false;
  // Not `$.packages.*`: a repository without repairs has null there.
  for await (const member of jsonMembers(document.chunks(), ['$.*.*', '$.distroversion', '$.reponame'], {
    what,
    limitRecords,
    recordLimitBytes: RECORD_LIMIT_BYTES,
  })) {
    if (member.selector === '$.distroversion') expectSame(what, 'release', member.value, place.release);
    else if (member.selector === '$.reponame') {
      expectSame(what, 'repository', member.value, place.repository);
      named = true;
    } else if (member.path[0] === 'packages') yield* normalisePackage(member, place, seen);
  }
  if (!named)
    throw new FeedError('malformed', `${what} does not say of which repository it is: it is no security database`);
}

/** A mirror that has another release's file in this place would mix up releases. */
function expectSame(what: string, kind: string, found: unknown, expected: string | null): void {
  if (expected !== null && found !== expected)
    throw new FeedError('malformed', `${what} says of itself that it is of ${kind} ${String(found).slice(0, 64)}`);
}
