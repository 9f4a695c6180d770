import type { FeedItem } from '../../feed/index.ts';
import { EMPTY_ADVISORY, EMPTY_CLAIM, fixedIn, line, prose } from '../../feed/record.ts';
import type { Claim } from '../../model/index.ts';
import { DEBIAN_RELEASES } from '../../model/distribution-releases.ts';
import { releaseState, SOURCE_NAME, trackerRecord, VULNERABILITY, type ReleaseState } from './schema.ts';

/** One vulnerability of one source package, as the tracker has it. */
export interface TrackerMember {
  readonly source: string;
  readonly vulnerability: string;
  readonly value: unknown;
  readonly sha256: string;
}

/** One advisory with a claim per release; a release that is not understood is a fault, the others are kept. */
export function normaliseRecord(member: TrackerMember, unknownReleases: Map<string, number>): readonly FeedItem[] {
  const { source, vulnerability, value, sha256 } = member;
  const record = line(`${source.slice(0, 200)}/${vulnerability.slice(0, 200)}`);
  const fault = (reason: string): FeedItem => ({ kind: 'fault', record, reason });
  if (!SOURCE_NAME.test(source)) return [fault('is not named like a source package')];
  if (!VULNERABILITY.test(vulnerability)) return [fault('is not named like a vulnerability')];
  if (!trackerRecord.Check(value))
    return [fault('is not a record of the tracker: no releases, or a field of another type')];
  const claims: Claim[] = [];
  const faults: FeedItem[] = [];
  for (const [codename, state] of Object.entries(value.releases)) {
    const release = DEBIAN_RELEASES.get(codename);
    if (release === undefined) {
      const name = codename.slice(0, 64);
      // Bounded: made-up names must not fill the memory.
      if (unknownReleases.has(name) || unknownReleases.size < 100)
        unknownReleases.set(name, (unknownReleases.get(name) ?? 0) + 1);
      continue;
    }
    const complain = (reason: string): void => void faults.push(fault(`state of ${codename}: ${reason}`));
    const statement = releaseState.Check(state) ? statementOf(state, complain) : null;
    if (statement === null) complain('not understood');
    else
      claims.push({
        ...EMPTY_CLAIM,
        ...statement,
        namespace: `debian:${release}`,
        name: source,
        nameKind: 'source',
        scheme: 'deb',
      });
  }
  const references = [{ kind: 'advisory', url: `https://security-tracker.debian.org/tracker/${vulnerability}` }];
  if (value.debianbug !== undefined)
    references.push({ kind: 'issue', url: `https://bugs.debian.org/${value.debianbug}` });
  const advisory = {
    ...EMPTY_ADVISORY,
    id: `${vulnerability}/${source}`,
    name: vulnerability,
    vulnerabilities: [vulnerability],
    summary: prose(value.description ?? ''),
    references,
    claims,
    provenance: { feed: 'debian-tracker', record, sha256 },
  };
  return [{ kind: 'advisory', advisory }, ...faults];
}

type Statement = Pick<Claim, 'status' | 'intervals' | 'fix' | 'vendorStatus' | 'severity'>;

/** Null: resolved, but no version is named. */
function statementOf(state: ReleaseState, complain: (reason: string) => void): Statement | null {
  const severity = severityOf(state.urgency);
  const vendorStatus = vendorStatusOf(state);
  switch (state.status) {
    case 'undetermined':
      return {
        status: 'under-investigation',
        intervals: [],
        fix: { state: 'unknown', version: null },
        vendorStatus: 'undetermined',
        severity,
      };
    case 'resolved':
      if (state.fixed_version === undefined) return null;
      // The tracker writes 0 where no version of the release was ever affected.
      if (state.fixed_version === '0')
        return {
          status: 'unaffected',
          intervals: [],
          fix: { state: 'unknown', version: null },
          vendorStatus,
          severity,
        };
      return withWords(fixedIn('deb', state.fixed_version, complain), vendorStatus, severity);
    case 'open':
      return {
        status: 'affected',
        intervals: [],
        fix: { state: openFix(state), version: null },
        vendorStatus,
        severity,
      };
  }
}

function withWords(
  fixed: Omit<Statement, 'severity'>,
  vendorStatus: string | null,
  severity: string | null,
): Statement {
  return { ...fixed, vendorStatus: fixed.vendorStatus ?? vendorStatus, severity };
}

function vendorStatusOf({ urgency, nodsa, nodsa_reason: reason }: ReleaseState): string | null {
  if (urgency === 'end-of-life' || urgency === 'unimportant') return urgency;
  if (reason === 'postponed' || reason === 'ignored') return reason;
  return nodsa === undefined ? null : 'no-dsa';
}

function openFix({ urgency, nodsa, nodsa_reason: reason }: ReleaseState): Claim['fix']['state'] {
  if (urgency === 'end-of-life') return 'end-of-life';
  if (reason === 'ignored') return 'wont-fix';
  return nodsa === undefined && reason !== 'postponed' ? 'none' : 'deferred';
}

/** `high**`: taken over from NVD. `end-of-life` is no severity, nor is `not yet assigned`. */
function severityOf(urgency: string | undefined): string | null {
  return urgency === undefined || urgency === 'not yet assigned' || urgency === 'end-of-life' ? null : line(urgency);
}
