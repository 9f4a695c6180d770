import {
  canonicalVulnerability,
  LIMITS,
  type Advisory,
  type Claim,
  type CvssScore,
  type Interval,
  type Provenance,
} from '../../model/index.ts';
import { cvssScore } from '../cvss.ts';
import { FeedError } from '../feed-error.ts';
import { pastMoment } from '../moments.ts';
import { EMPTY_ADVISORY, line, prose } from '../record.ts';
import { packageClaims } from './package-claims.ts';
import { packageOf, type PackageSubject } from './package-name.ts';
import { productClaims } from './product-claims.ts';
import { namedProduct, type ProductSubject } from './product-name.ts';
import { productsOf, type CsafProduct } from './product-tree.ts';
import type { CsafDocument, CsafVulnerability } from './schema.ts';
import { statementsOf, type Statement } from './statements.ts';
import { upgradesOf } from './upgrades.ts';

export interface CsafResult {
  readonly advisory: Advisory;
  /** What of the document can't be used, in words. */
  readonly faults: readonly string[];
}

/** A CSAF document as an advisory. Drafts and withdrawn documents have no claims. */
export function normaliseCsaf(csaf: CsafDocument, provenance: Provenance, now: Date): CsafResult {
  const { document, vulnerabilities = [] } = csaf;
  const { tracking } = document;
  const name = recordId(tracking.id) ?? recordId(provenance.record) ?? 'unnamed';
  const published = pastMoment(tracking.initial_release_date, now);
  const modified = pastMoment(tracking.current_release_date, now);
  const withdrawn = document.category === 'csaf_withdrawn' || document.category === 'csaf_superseded';
  const holds = !withdrawn && tracking.status !== 'draft';
  const products = productsOf(csaf.product_tree);
  const faults = new Set<string>();
  const claims: Claim[] = [];
  const named: string[] = [];
  for (const [index, vulnerability] of vulnerabilities.entries()) {
    const id = vulnerabilityId(vulnerability) ?? (vulnerabilities.length === 1 ? name : `${name}-${index + 1}`);
    named.push(id);
    if (!holds) continue;
    for (const claim of claimsOf(vulnerability, id, products, document.publisher.name, faults)) claims.push(claim);
    if (claims.length > LIMITS.claimsPerAdvisory)
      throw new FeedError('too-large', `it makes more than ${LIMITS.claimsPerAdvisory} claims`);
  }
  const advisory: Advisory = {
    ...EMPTY_ADVISORY,
    id: name,
    name,
    aliases: (tracking.aliases ?? [])
      .flatMap((alias) => recordId(alias) ?? [])
      .slice(0, LIMITS.vulnerabilitiesPerAdvisory),
    vulnerabilities: [...new Set(named.length === 0 ? [name] : named)].slice(0, LIMITS.vulnerabilitiesPerAdvisory),
    title: line(document.title),
    summary: prose(document.notes?.find(({ category }) => category === 'summary')?.text ?? ''),
    published,
    modified,
    withdrawn: withdrawn ? (modified ?? published ?? now.toISOString()) : null,
    severity: line(document.aggregate_severity?.text ?? '') || null,
    cvss: scoresOf(vulnerabilities, line(document.publisher.name)),
    references: (document.references ?? [])
      .filter(({ url }) => url.length <= 4096)
      .slice(0, LIMITS.referencesPerAdvisory)
      .map(({ url, category }) => ({ kind: line(category ?? 'external'), url })),
    claims,
    provenance,
  };
  return { advisory, faults: [...faults] };
}

/** Fortinet names fixed versions that its tree does not define: nothing is lost with them. */
const SAFE: ReadonlySet<string> = new Set(['known_not_affected', 'fixed', 'first_fixed', 'recommended']);

function claimsOf(
  vulnerability: CsafVulnerability,
  id: string,
  products: ReadonlyMap<string, readonly CsafProduct[]>,
  publisher: string,
  faults: Set<string>,
): readonly Claim[] {
  const packages: { subject: PackageSubject; statement: Statement }[] = [];
  const named: { subject: ProductSubject; statement: Statement }[] = [];
  for (const statement of statementsOf(vulnerability)) {
    const defined = products.get(statement.productId);
    if (defined === undefined && !SAFE.has(statement.status))
      faults.add(line(`the product tree does not define the product ${statement.productId}`));
    for (const product of defined ?? []) {
      const subject = packageOf(product);
      if (subject !== null) packages.push({ subject, statement });
      else if (product.part === null || !isDistribution(product)) {
        const whole = namedProduct(product, publisher);
        if (whole !== null && isMeant(whole, statement, defined?.length ?? 1))
          named.push({ subject: whole, statement });
      }
    }
  }
  const upgrades = upgradesOf(vulnerability);
  return [
    ...packageClaims(packages, id, (reason) => faults.add(reason)),
    ...productClaims(named, id, (title: string, interval: Interval) => upgrades(title, interval)),
  ];
}

/** A part of a distribution that is no package (an image, a jar) is not the product of its name. */
function isDistribution(product: CsafProduct): boolean {
  const vendor = product.part?.of.path[0]?.name ?? '';
  return /^(red hat|suse|openeuler|microsoft)$/i.test(vendor);
}

/** One id with two ranges, stated affected and fixed at once (Palo Alto): the one with an upper end is the affected one. */
function isMeant({ range }: ProductSubject, { status }: Statement, definitions: number): boolean {
  if (definitions < 2 || range.kind !== 'some') return true;
  const ends = range.intervals.some(({ fixed, lastAffected }) => fixed !== null || lastAffected !== null);
  const affected = status === 'known_affected' || status === 'last_affected' || status === 'first_affected';
  return range.intervals.length === 0 || ends === affected;
}

function vulnerabilityId({ cve, ids }: CsafVulnerability): string | null {
  const stated = [cve, ...(ids ?? []).map(({ text }) => text)].flatMap((text) => recordId(text ?? '') ?? []);
  return canonicalVulnerability(stated.filter((id) => /^(CVE|GHSA)-/.test(id)));
}

function scoresOf(vulnerabilities: readonly CsafVulnerability[], source: string): CvssScore[] {
  const scores = new Map<string, CvssScore>();
  for (const { scores: old, metrics } of vulnerabilities)
    for (const content of [...(old ?? []), ...(metrics ?? []).map((metric) => metric.content)])
      for (const cvss of [content.cvss_v4, content.cvss_v3, content.cvss_v2]) {
        const score = cvss?.vectorString === undefined ? null : cvssScore(cvss.vectorString, source);
        if (score !== null) scores.set(score.vector, score);
      }
  return [...scores.values()].slice(0, 64);
}

/** Printable and without spaces, or null. */
function recordId(text: string): string | null {
  const id = text.trim().replace(/\s+/g, '_');
  return /^[\x21-\x7e]{1,128}$/.test(id) ? id : null;
}
