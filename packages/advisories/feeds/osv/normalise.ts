import { cvssScore } from '../../feed/cvss.ts';
import type { FeedItem } from '../../feed/index.ts';
import { pastMoment } from '../../feed/moments.ts';
import { line, prose, provenanceOf } from '../../feed/record.ts';
import { canonicalVulnerability, LIMITS, type Advisory, type Claim, type CvssScore } from '../../model/index.ts';
import { claimsOf } from './claims.ts';
import type { Ecosystem } from './ecosystems.ts';
import { fieldsOf, listOf, own, text } from '../../feed/json-value.ts';
import { osvRecord, type OsvRecord } from './record.ts';

export interface Source {
  readonly feed: string;
  readonly ecosystem: Ecosystem;
  /** Where the record is: its file's name. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const CVE = /(?:^|-)(CVE-\d{4}-\d{4,19})$/;

/** A record as an advisory, and what of it could not be used; or the one fault that it is none. */
export function normaliseRecord(value: unknown, source: Source, now: Date): readonly FeedItem[] {
  const faultOf = (reason: string): FeedItem => ({ kind: 'fault', record: line(source.name), reason: line(reason) });
  const record = osvRecord(value);
  if (typeof record === 'string') return [faultOf(`the record ${record}`)];
  const title = record.summary === '' ? (record.details.split('\n', 1)[0] ?? '') : record.summary;
  const problems = [...record.problems];
  const claims: Claim[] = [];
  const vulnerabilities = vulnerabilitiesOf(record, source.ecosystem);
  const security = isAboutSecurity(record, vulnerabilities, source.ecosystem);
  for (const entry of record.affected) {
    const read = claimsOf(entry, source.ecosystem, { title: record.summary, vulnerabilities });
    if (security) for (const claim of read.claims) claims.push(claim);
    problems.push(...read.problems);
  }
  const excess = excessOf(record, claims);
  if (excess !== null) return [faultOf(excess)];
  const { severity } = record.databaseSpecific;
  const advisory: Advisory = {
    id: idOf(record, source, claims),
    name: record.id,
    aliases: [...record.aliases],
    vulnerabilities: [...vulnerabilities],
    title: line(title),
    summary: prose(record.details),
    published: pastMoment(record.published, now),
    modified: pastMoment(record.modified, now),
    withdrawn: withdrawnAt(record, now, problems),
    severity: vendorSeverity(record, typeof severity === 'string' ? severity : ''),
    cvss: cvssOf(record, source),
    references: record.references.flatMap(referenceOf).slice(0, LIMITS.referencesPerAdvisory),
    claims,
    provenance: provenanceOf(source.feed, source.name, source.bytes),
  };
  // One fault a record: hundreds of packages with the same slip are one slip.
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const faults = problems.slice(0, 1).map((problem) => faultOf(`${record.id}: ${problem}${more}`));
  return [{ kind: 'advisory', advisory }, ...faults];
}

function excessOf(record: OsvRecord, claims: readonly Claim[]): string | null {
  const ids = record.aliases.length + record.upstream.length + record.related.length;
  if (ids > LIMITS.vulnerabilitiesPerAdvisory) return `${ids} ids are more than a record may have`;
  if (claims.length > LIMITS.claimsPerAdvisory) return `${claims.length} packages are more than a record may have`;
  for (const { name, intervals, versions } of claims)
    if (intervals.length > LIMITS.intervalsPerClaim || versions.length > LIMITS.versionsPerClaim)
      return `${name}: ${intervals.length} ranges and ${versions.length} versions are more than a record may have`;
  return null;
}

/** AlmaLinux has 37 ids in two releases, with different content: the folder says which, or else what it claims. */
function idOf(record: OsvRecord, { ecosystem, name }: Source, claims: readonly Claim[]): string {
  if (ecosystem.idsRepeatAcrossReleases === undefined) return record.id;
  const folder = /(\d+)\/[^/]+$/.exec(name)?.[1];
  const releases = new Set(claims.map(({ namespace }) => namespace.slice(namespace.indexOf(':') + 1)));
  const release = folder ?? [...releases].sort().join('+');
  return `${release === '' ? '' : `${release}/`}${record.id}`.slice(0, 128);
}

/**
 * The CVEs that the record names itself by. A distribution's advisory repairs those that it has `upstream`, or, as
 * AlmaLinux and Freexian write, `related`; elsewhere `related` is another vulnerability.
 */
function vulnerabilitiesOf(record: OsvRecord, { release }: Ecosystem): readonly string[] {
  const cves = (ids: readonly string[]): readonly string[] => [
    ...new Set(ids.flatMap((id) => CVE.exec(id)?.[1] ?? [])),
  ];
  const own = cves([record.id, ...record.aliases, ...record.upstream]);
  if (own.length > 0) return own;
  const related = release === null ? [] : cves(record.related);
  if (related.length > 0) return related;
  return [(release === null ? canonicalVulnerability([record.id, ...record.aliases]) : null) ?? record.id];
}

/**
 * Distributions announce bug fixes, enhancements and repaired regressions in the same form. Without a CVE those are no
 * vulnerability that anybody could have: the advisory is kept, and claims nothing.
 */
function isAboutSecurity(record: OsvRecord, vulnerabilities: readonly string[], { release }: Ecosystem): boolean {
  if (release === null || vulnerabilities.some((id) => CVE.test(id))) return true;
  const type = text(own(record.databaseSpecific, 'type'));
  return !/^[A-Z]{2}[BE]A-/.test(record.id) && !/\bregressions?\b/i.test(`${record.summary} ${type}`);
}

/** A date that is a placeholder or lies ahead does not make a withdrawn record valid again. */
function withdrawnAt(record: OsvRecord, now: Date, problems: string[]): string | null {
  const { withdrawn } = record;
  if (withdrawn === undefined || withdrawn === null) return null;
  if (typeof withdrawn !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(withdrawn)) {
    problems.push('withdrawn is no date: the record is kept as valid');
    return null;
  }
  return pastMoment(withdrawn, now) ?? pastMoment(record.modified, now) ?? now.toISOString();
}

/** GitHub's word, Ubuntu's priority, or the one before the colon of Red Hat's and its rebuilders' titles. */
function vendorSeverity(record: OsvRecord, databaseWord: string): string | null {
  if (databaseWord !== '') return line(databaseWord);
  const ubuntu = record.severity.map(fieldsOf).find((entry) => entry !== null && own(entry, 'type') === 'Ubuntu');
  if (ubuntu !== undefined && ubuntu !== null) return line(text(own(ubuntu, 'score'))) || null;
  return /^(Critical|Important|Moderate|Low): /.exec(record.summary)?.[1] ?? null;
}

function cvssOf(record: OsvRecord, { ecosystem }: Source): CvssScore[] {
  const entries = [
    ...record.severity,
    ...record.affected.flatMap((entry) => listOf(fieldsOf(entry)?.['severity']) ?? []),
  ];
  const publisher = record.id.startsWith('GHSA-') ? 'GitHub' : ecosystem.publisher;
  const vectors = entries.flatMap((entry) => {
    const fields = fieldsOf(entry);
    return fields === null || !/^CVSS_V[234]$/.test(text(own(fields, 'type'))) ? [] : [text(own(fields, 'score'))];
  });
  return [...new Set(vectors)].slice(0, 64).flatMap((vector) => cvssScore(vector, publisher) ?? []);
}

function referenceOf(entry: unknown): Advisory['references'] {
  const fields = fieldsOf(entry);
  const url = fields === null ? '' : text(own(fields, 'url')).trim();
  if (fields === null || url === '' || url.length > 4096) return [];
  return [{ kind: line(text(own(fields, 'type'))), url }];
}
