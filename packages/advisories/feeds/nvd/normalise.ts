import { Compile } from 'typebox/compile';
import { configurationClaims } from '../../feed/cpe/configuration-claims.ts';
import { cvssScore } from '../../feed/cvss.ts';
import type { FeedItem } from '../../feed/index.ts';
import { pastMoment } from '../../feed/moments.ts';
import { EMPTY_ADVISORY, line, prose } from '../../feed/record.ts';
import { LIMITS, type Advisory, type CvssScore, type FactOf, type Provenance } from '../../model/index.ts';
import { NvdMetric, type NvdCve } from './schema.ts';

const METRIC = Compile(NvdMetric);

/**
 * A record of NVD as its description and, where NVD (or who scores for it) has stated configurations, an advisory. A
 * rejected record is a description with that status, and its earlier advisory is gone.
 */
export function normaliseNvd(cve: NvdCve, provenance: Provenance, now: Date): readonly FeedItem[] {
  const rejected = cve.vulnStatus === 'Rejected';
  const body: FactOf<'description'> = {
    kind: 'description',
    vulnerability: cve.id,
    status: rejected ? 'rejected' : 'published',
    title: '',
    text: prose(english(cve.descriptions)),
    cvss: rejected ? [] : scores(cve),
    cwe: weaknesses(cve),
    published: pastMoment(cve.published, now),
    modified: pastMoment(cve.lastModified, now),
  };
  const items: FeedItem[] = [{ kind: 'fact', fact: { body, provenance } }];
  const { claims, unreadable } = configurationClaims(rejected ? [] : (cve.configurations ?? []));
  for (const criteria of unreadable)
    items.push({ kind: 'fault', record: cve.id, reason: `its configuration names no CPE: ${criteria}` });
  if (claims.length === 0) items.push({ kind: 'removed', id: cve.id });
  else items.push({ kind: 'advisory', advisory: advisory(cve, body, [...claims], provenance) });
  return items;
}

function advisory(
  cve: NvdCve,
  body: FactOf<'description'>,
  claims: Advisory['claims'],
  provenance: Provenance,
): Advisory {
  return {
    ...EMPTY_ADVISORY,
    id: cve.id,
    name: cve.id,
    vulnerabilities: [cve.id],
    // The text is in the description: once is enough.
    published: body.published,
    modified: body.modified,
    cvss: body.cvss,
    references: (cve.references ?? [])
      .filter(({ url }) => url.length <= 4096)
      .slice(0, LIMITS.referencesPerAdvisory)
      .map(({ url, tags }) => ({ kind: line(tags?.[0] ?? 'reference'), url })),
    claims,
    provenance,
  };
}

function english(descriptions: NvdCve['descriptions']): string {
  return (descriptions.find(({ lang }) => lang === 'en') ?? descriptions[0])?.value ?? '';
}

/** NVD's own (primary) scores first. */
function scores(cve: NvdCve): CvssScore[] {
  const found: { readonly primary: boolean; readonly score: CvssScore }[] = [];
  for (const [name, metrics] of Object.entries(cve.metrics ?? {})) {
    if (!name.startsWith('cvssMetric')) continue;
    for (const metric of metrics) {
      if (!METRIC.Check(metric)) continue;
      const score = cvssScore(
        metric.cvssData.vectorString,
        metric.source === 'nvd@nist.gov' ? 'nvd' : line(metric.source),
      );
      if (score !== null) found.push({ primary: metric.type === 'Primary', score });
    }
  }
  return found
    .toSorted((a, b) => Number(b.primary) - Number(a.primary))
    .slice(0, 64)
    .map(({ score }) => score);
}

function weaknesses(cve: NvdCve): string[] {
  const ids = (cve.weaknesses ?? []).flatMap(({ description }) => description.map(({ value }) => line(value)));
  return [...new Set(ids.filter((id) => id.startsWith('CWE-')))].slice(0, 64);
}
