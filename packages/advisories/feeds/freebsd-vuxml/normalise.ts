import type { FeedItem } from '../../feed/index.ts';
import { pastMoment } from '../../feed/moments.ts';
import { complaintsAbout, EMPTY_ADVISORY, EMPTY_CLAIM, line, prose } from '../../feed/record.ts';
import { childOf, childrenOf, textOf, type XmlElement } from '../../feed/xml.ts';
import { LIMITS, type Advisory, type Claim } from '../../model/index.ts';
import { intervalOf } from './range.ts';

interface Source {
  readonly sha256: string;
  readonly seen: Set<string>;
  readonly now: Date;
}

const ENTRY_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CVE = /^CVE-\d{4}-\d{4,19}$/;
const PACKAGE_NAME = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,254}$/;

/** One advisory for an entry; a package of it that is not understood is a fault, the others are kept. */
export function normaliseEntry(entry: XmlElement, { sha256, seen, now }: Source): readonly FeedItem[] {
  const id = (entry.attributes.get('vid') ?? '').toLowerCase();
  if (!ENTRY_ID.test(id)) return [fault(line(id.slice(0, 100)) || 'entry', 'has no identifier')];
  if (seen.has(id)) return [fault(id, 'is there a second time')];
  seen.add(id);
  const provenance = { feed: 'freebsd-vuxml', record: id, sha256 };
  if (childOf(entry, 'cancelled') !== undefined)
    return [{ kind: 'advisory', advisory: { ...cancelled(id, now), provenance } }];

  const complaints = complaintsAbout(id);
  const claims = affectedPackages(entry).flatMap((element) => claimsOf(element, complaints.complain));
  if (claims.length > LIMITS.claimsPerAdvisory)
    return [fault(id, `makes more than ${LIMITS.claimsPerAdvisory} claims`)];
  const references = childOf(entry, 'references');
  const cves = childrenOf(references, 'cvename').map(({ text }) => text.trim());
  for (const cve of cves) if (!CVE.test(cve)) complaints.complain(`names no CVE: ${cve.slice(0, 64)}`);
  const named = [...new Set(cves.filter((cve) => CVE.test(cve)))].slice(0, LIMITS.vulnerabilitiesPerAdvisory);
  const dates = childOf(entry, 'dates');
  const advisory: Advisory = {
    ...EMPTY_ADVISORY,
    id,
    name: id,
    vulnerabilities: named.length === 0 ? [id] : named,
    title: line(textOf(entry, 'topic')),
    summary: prose(linesOf(textWithin(childOf(entry, 'description')))),
    published: pastMoment(textOf(dates, 'entry'), now),
    modified: pastMoment(textOf(dates, 'modified'), now),
    references: referencesOf(id, references),
    claims,
    provenance,
  };
  return [{ kind: 'advisory', advisory }, ...complaints.faults()];
}

/** Says nothing but that it was taken back, not even when: by the day on which that is read, at the latest. */
function cancelled(id: string, now: Date): Omit<Advisory, 'provenance'> {
  const withdrawn = `${now.toISOString().slice(0, 10)}T00:00:00.000Z`;
  return { ...EMPTY_ADVISORY, id, name: id, vulnerabilities: [id], withdrawn, claims: [] };
}

/** `system` is FreeBSD itself, which `pkg audit` treats as the package FreeBSD. */
function affectedPackages(entry: XmlElement): readonly XmlElement[] {
  const affects = childOf(entry, 'affects');
  return [...childrenOf(affects, 'package'), ...childrenOf(affects, 'system')];
}

/** A claim per name, all with the same ranges; without ranges every version is affected. */
function claimsOf(element: XmlElement, complain: (reason: string) => void): readonly Claim[] {
  const intervals = childrenOf(element, 'range').map(intervalOf);
  const understood = intervals.filter((interval) => typeof interval !== 'string');
  const wrong = intervals.find((interval) => typeof interval === 'string');
  if (typeof wrong === 'string') complain(wrong);
  if (intervals.length > LIMITS.intervalsPerClaim) {
    complain(`has more than ${LIMITS.intervalsPerClaim} ranges`);
    return [];
  }
  const fixed = understood.findLast((interval) => interval.fixed !== null)?.fixed ?? null;
  const statement =
    wrong === undefined
      ? {
          status: 'affected' as const,
          intervals: understood,
          fix: { state: fixed === null ? ('none' as const) : ('fixed' as const), version: fixed },
          vendorStatus: null,
        }
      : {
          // A range that is left out would make versions look safe.
          status: 'under-investigation' as const,
          intervals: [],
          fix: { state: 'unknown' as const, version: null },
          vendorStatus: line(`ranges are not understood: ${wrong}`),
        };
  return childrenOf(element, 'name').flatMap(({ text }): readonly Claim[] => {
    const name = text.trim();
    if (!PACKAGE_NAME.test(name)) {
      complain(`names no package: ${name.slice(0, 100)}`);
      return [];
    }
    return [{ ...EMPTY_CLAIM, ...statement, namespace: 'freebsd', name, nameKind: 'binary', scheme: 'freebsd' }];
  });
}

function referencesOf(id: string, references: XmlElement | undefined): Advisory['references'] {
  const named = (references?.children ?? []).flatMap(({ name, text }): Advisory['references'] => {
    const value = line(text);
    if (name === 'url' && /^https?:\/\//.test(value)) return [{ kind: 'web', url: value }];
    if (name !== 'freebsdsa' || !/^SA-\d{2}:\d{2}\.[a-z0-9_.-]{1,64}$/i.test(value)) return [];
    return [{ kind: 'advisory', url: `https://www.freebsd.org/security/advisories/FreeBSD-${value}.asc` }];
  });
  const own = { kind: 'advisory', url: `https://vuxml.freebsd.org/freebsd/${id}.html` };
  return [own, ...named.slice(0, LIMITS.referencesPerAdvisory - 1)];
}

/** Without indentation and empty lines. */
function linesOf(text: string): string {
  const lines = text.split('\n').map((part) => part.trim());
  return lines.filter((part) => part !== '').join('\n');
}

/** Text of the element and everything in it. Its depth is limited by the reader. */
function textWithin(element: XmlElement | undefined): string {
  if (element === undefined) return '';
  return [element.text, ...element.children.map(textWithin)].join('\n');
}

function fault(record: string, reason: string): FeedItem {
  return { kind: 'fault', record, reason };
}
