import type { FeedItem } from '../../feed/index.ts';
import type { JsonMember } from '../../feed/json-stream.ts';
import { complaintsAbout, EMPTY_ADVISORY, EMPTY_CLAIM, fixedIn, line } from '../../feed/record.ts';
import { LIMITS, type Claim } from '../../model/index.ts';
import { packageEntry, VERSION } from './schema.ts';
import { vulnerabilityIds } from './vulnerability-ids.ts';

/** What a database is about. */
export interface Place {
  readonly feed: string;
  readonly namespace: string;
  readonly distribution: string;
  /** `v3.19`, `edge`; null: the distribution has no releases. */
  readonly release: string | null;
  readonly repository: string;
  readonly channel: string | null;
}

/** One advisory per package of a repository, with a claim per version that repaired something. */
export function normalisePackage(
  member: Pick<JsonMember, 'path' | 'value' | 'sha256'>,
  place: Place,
  seen: Map<string, number>,
): readonly FeedItem[] {
  const { value, sha256 } = member;
  const where = [place.release, place.repository].filter((part) => part !== null).join('/');
  if (!packageEntry.Check(value))
    return [fault(`${where}/${String(member.path.at(-1))}`, 'is no package with a table of repairs')];
  const { name, secfixes } = value.pkg;
  const count = (seen.get(name) ?? 0) + 1;
  seen.set(name, count);
  const id = `${where}/${name}${count === 1 ? '' : `/${count}`}`;
  const complaints = complaintsAbout(id);
  const claims: Claim[] = [];
  const vulnerabilities = new Set<string>();
  for (const [version, entries] of Object.entries(secfixes)) {
    const ids = idsOf(version, entries, complaints.complain);
    if (ids.length === 0) continue;
    for (const vulnerability of ids) vulnerabilities.add(vulnerability);
    claims.push({
      ...EMPTY_CLAIM,
      ...statementOf(version, complaints.complain),
      vulnerabilities: [...ids],
      namespace: place.namespace,
      name,
      nameKind: 'source',
      scheme: 'apk',
      channel: place.channel,
    });
  }
  if (vulnerabilities.size > LIMITS.vulnerabilitiesPerAdvisory)
    return [fault(id, `names more than ${LIMITS.vulnerabilitiesPerAdvisory} vulnerabilities`)];
  if (claims.length === 0) return complaints.faults();
  const release = place.release === null ? '' : ` ${place.release}`;
  const advisory = {
    ...EMPTY_ADVISORY,
    id,
    name: id,
    vulnerabilities: [...vulnerabilities],
    title: `Repairs of ${name} in ${place.distribution}${release}`,
    claims,
    provenance: { feed: place.feed, record: line(id), sha256 },
  };
  return [{ kind: 'advisory', advisory }, ...complaints.faults()];
}

function idsOf(version: string, entries: unknown, complain: (reason: string) => void): readonly string[] {
  const told = line(version.slice(0, 100));
  if (!VERSION.test(version)) complain(`version '${told}' is no version`);
  else if (entries === null) complain(`version ${told} lists no vulnerability`);
  else if (!Array.isArray(entries)) complain(`version ${told} has no list of vulnerabilities`);
  else {
    const found = new Set<string>();
    for (const entry of entries as readonly unknown[]) {
      const ids = typeof entry === 'string' ? vulnerabilityIds(entry) : [];
      if (ids.length === 0) complain(`version ${told}: no vulnerability is named in '${nameOf(entry)}'`);
      for (const id of ids) found.add(id);
    }
    return [...found];
  }
  return [];
}

function nameOf(entry: unknown): string {
  return typeof entry === 'string' ? line(entry.slice(0, 100)) : typeof entry;
}

type Statement = Pick<Claim, 'status' | 'intervals' | 'fix' | 'vendorStatus'>;

function statementOf(version: string, complain: (reason: string) => void): Statement {
  // The package was never affected: a scanner had guessed wrong.
  if (version === '0')
    return { status: 'unaffected', intervals: [], fix: { state: 'unknown', version: null }, vendorStatus: null };
  return fixedIn('apk', version, complain);
}

function fault(record: string, reason: string): FeedItem {
  return { kind: 'fault', record, reason };
}
