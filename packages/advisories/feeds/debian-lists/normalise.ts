import { pastMoment } from '../../feed/moments.ts';
import type { FeedItem } from '../../feed/index.ts';
import { complaintsAbout, EMPTY_ADVISORY, EMPTY_CLAIM, fixedIn, line, provenanceOf } from '../../feed/record.ts';
import { LIMITS, type Advisory, type Claim } from '../../model/index.ts';
import { DEBIAN_RELEASES } from '../../model/distribution-releases.ts';
import type { ListEntry } from './entries.ts';

const SET = /^\{([^{}]*)\}$/;
/** `[bookworm] - source version (remark)`; without a release it is about unstable. */
const PACKAGE = /^(?:\[([a-z]+)\] )?- ([a-z0-9][a-z0-9+.-]*)\s+(<[a-z-]+>|[0-9A-Za-z.+:~-]+)(?:\s+\(.*\)?)?$/;
const IDENTIFIER = /^(?:(?:CVE|CAN)-\d{4}-\d{4,19}|TEMP-\d{7}-[0-9A-F]{6})$/;
/** Remarks for people and for the tracker's own bookkeeping, `NOTE: …`: a word in capitals. */
const REMARK = /^[A-Z][A-Z-]{1,31}(?::|$)/;

/** One advisory for the entry, and a fault for each line of it that says nothing that is understood. */
export function normaliseEntry(entry: ListEntry, now: Date): readonly FeedItem[] {
  const { name, rest, date } = entry.headline;
  const complaints = complaintsAbout(name);
  const { complain } = complaints;
  const vulnerabilities = new Set<string>();
  const claims: Claim[] = [];
  for (const text of entry.lines) {
    const set = SET.exec(text);
    if (set !== null) {
      for (const id of (set[1] ?? '').split(/\s+/).filter((word) => word !== ''))
        if (IDENTIFIER.test(id)) vulnerabilities.add(id.replace(/^CAN-/, 'CVE-'));
        else complain(`names no vulnerability: ${id.slice(0, 80)}`);
      continue;
    }
    if (REMARK.test(text)) continue;
    const claim = claimOf(text, complain);
    if (claim !== null) claims.push(claim);
  }
  if (vulnerabilities.size > LIMITS.vulnerabilitiesPerAdvisory)
    return [
      { kind: 'fault', record: name, reason: `names more than ${LIMITS.vulnerabilitiesPerAdvisory} vulnerabilities` },
    ];
  const advisory: Advisory = {
    ...EMPTY_ADVISORY,
    id: name,
    name,
    vulnerabilities: vulnerabilities.size === 0 ? [name] : [...vulnerabilities],
    title: line(rest),
    published: pastMoment(date, now),
    references: [{ kind: 'advisory', url: `https://security-tracker.debian.org/tracker/${name}` }],
    claims,
    provenance: provenanceOf('debian-lists', name, entry.text),
  };
  return [{ kind: 'advisory', advisory }, ...complaints.faults()];
}

/** Null: states nothing about what is installed, or is not understood. */
function claimOf(text: string, complain: (reason: string) => void): Claim | null {
  const refused = (reason: string): null => {
    complain(reason);
    return null;
  };
  const match = PACKAGE.exec(text);
  if (match === null) return refused(`not understood: ${text.slice(0, 120)}`);
  const [, codename = 'sid', source = '', state = ''] = match;
  const release = DEBIAN_RELEASES.get(codename);
  if (release === undefined)
    return refused(`release ${codename.slice(0, 64)} is not known; its number is needed in the table of releases`);
  const statement = state.startsWith('<') ? statementOf(state.slice(1, -1)) : fixedIn('deb', state, complain);
  if (statement === null) return state === '<itp>' ? null : refused(`state ${state.slice(0, 64)} is not known`);
  return {
    ...EMPTY_CLAIM,
    ...statement,
    namespace: `debian:${release}`,
    name: source,
    nameKind: 'source',
    scheme: 'deb',
  };
}

type Statement = Pick<Claim, 'status' | 'intervals' | 'fix' | 'vendorStatus'>;

/** Null: a word that is not known, or `itp`: not in the archive, so nobody can have it installed from there. */
function statementOf(word: string): Statement | null {
  const affected = (fix: Claim['fix']['state']): Statement => ({
    status: 'affected',
    intervals: [],
    fix: { state: fix, version: null },
    vendorStatus: word,
  });
  switch (word) {
    case 'not-affected':
      return { ...affected('unknown'), status: 'unaffected' };
    case 'undetermined':
      return { ...affected('unknown'), status: 'under-investigation' };
    case 'unfixed':
    case 'removed':
      return affected('none');
    case 'end-of-life':
      return affected('end-of-life');
    case 'no-dsa':
    case 'postponed':
      return affected('deferred');
    case 'ignored':
      return affected('wont-fix');
    default:
      return null;
  }
}
