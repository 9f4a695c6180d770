import { createHash } from 'node:crypto';
import { isVersion } from '@thimble/versions';
import type { Advisory, Claim, Provenance } from '../model/index.ts';
import type { FeedItem } from './feed.ts';

const LINE_CHARACTERS = 1024;
const PROSE_CHARACTERS = 32_768;

/** Where a record was found. `bytes`: the slice of the document that it was read from. */
export function provenanceOf(feed: string, record: string, bytes: Uint8Array | string): Provenance {
  return { feed, record: line(record), sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Text of a publisher as one line of at most 1,024 characters: white space of all kinds becomes single spaces. */
export function line(text: string): string {
  // Cut before and after: replacing in megabytes that are thrown away anyway would be work for nothing.
  return cut(
    storable(text.slice(0, LINE_CHARACTERS * 4))
      .replace(/\s+/g, ' ')
      .trim(),
    LINE_CHARACTERS,
  );
}

/** Text of a publisher of at most 32,768 characters, with its line breaks. */
export function prose(text: string): string {
  return cut(storable(text.slice(0, PROSE_CHARACTERS * 2)).trim(), PROSE_CHARACTERS);
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).toWellFormed()}…`;
}

/** Without NUL and lone surrogates, which JSON can write and no database keeps. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** Told one by one; what a record has beyond that is only counted, so that a hostile one fills no memory. */
const COMPLAINTS_LIMIT = 100;

/** Gathers what is wrong with the parts of one record. */
export function complaintsAbout(record: string) {
  const faults: FeedItem[] = [];
  let further = 0;
  return {
    complain(reason: string): void {
      if (faults.length < COMPLAINTS_LIMIT) faults.push({ kind: 'fault', record, reason: line(reason) });
      else further += 1;
    },
    faults: (): readonly FeedItem[] =>
      further === 0
        ? faults
        : [...faults, { kind: 'fault', record, reason: `${further} further parts are not understood` }],
  };
}

/** The parts of an advisory that most records lack. */
export const EMPTY_ADVISORY = {
  aliases: [],
  title: '',
  summary: '',
  published: null,
  modified: null,
  withdrawn: null,
  severity: null,
  cvss: [],
  references: [],
} satisfies Partial<Advisory>;

/** A claim about every version of a package, of which nothing else is said. */
export const EMPTY_CLAIM = {
  vulnerabilities: [],
  intervals: [],
  versions: [],
  fix: { state: 'unknown', version: null },
  vendorStatus: null,
  severity: null,
  channel: null,
  module: null,
  architectures: null,
  requires: [],
} satisfies Partial<Claim>;

/**
 * Everything before the fixed version is affected. Where that is no version of the scheme nothing can be compared with it:
 * the claim is then undecided and says why, instead of being lost, and `complain` is told.
 */
export function fixedIn(
  scheme: string,
  version: string,
  complain: (reason: string) => void,
): Pick<Claim, 'status' | 'intervals' | 'fix' | 'vendorStatus'> {
  if (!isVersion(scheme, version)) {
    const vendorStatus = line(`fixed in ${version.slice(0, 200)}, which is no ${scheme} version`);
    complain(vendorStatus);
    return {
      status: 'under-investigation',
      intervals: [],
      fix: { state: 'unknown', version: null },
      vendorStatus,
    };
  }
  return {
    status: 'affected',
    intervals: [{ introduced: null, fixed: version, lastAffected: null }],
    fix: { state: 'fixed', version },
    vendorStatus: null,
  };
}
