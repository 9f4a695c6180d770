import { compareVersions, isVersion } from '@thimble/versions';
import { cvssScore } from '../../feed/cvss.ts';
import { pastMoment } from '../../feed/moments.ts';
import { EMPTY_ADVISORY, EMPTY_CLAIM, line, prose } from '../../feed/record.ts';
import { windowsProduct } from '../../feed/windows-product.ts';
import { childOf, childrenOf, textOf, type XmlElement } from '../../feed/xml.ts';
import type { Advisory, Claim, CvssScore, Provenance } from '../../model/index.ts';

/** An update that repairs a product. */
export interface Repair {
  /** `KB5036451`; null: release notes or a download instead of an update. */
  readonly update: string | null;
  readonly build: string | null;
  readonly supersedes: readonly string[];
  readonly productIds: readonly string[];
}

/** The vendor's fixes of a `Vulnerability` element. */
export function repairsOf(vulnerability: XmlElement): readonly Repair[] {
  return childrenOf(childOf(vulnerability, 'Remediations'), 'Remediation')
    .filter(({ attributes }) => attributes.get('Type') === 'Vendor Fix')
    .map((remediation) => ({
      update: knowledgeBase(textOf(remediation, 'Description'))[0] ?? null,
      build: textOf(remediation, 'FixedBuild') || null,
      supersedes: knowledgeBase(textOf(remediation, 'Supercedence')),
      productIds: childrenOf(remediation, 'ProductID').map(({ text }) => text.trim()),
    }));
}

/** `3140745`, `KB4489881; 4489880`. */
function knowledgeBase(text: string): readonly string[] {
  const numbers = text.slice(0, 10_000).match(/(?<![\w.-])(?:KB)?\d{6,8}(?![\w.])/gi) ?? [];
  return [...new Set(numbers.map((number) => `KB${number.replace(/^KB/i, '')}`))];
}

/**
 * A `Vulnerability` element as an advisory; null: it names no vulnerability. `month` is the document's id, for a CVE can
 * be in several.
 */
export function normaliseVulnerability(
  vulnerability: XmlElement,
  products: ReadonlyMap<string, string>,
  month: string,
  provenance: Provenance,
  now: Date,
  complain: (reason: string) => void,
): Advisory | null {
  const cve = textOf(vulnerability, 'CVE');
  if (!/^[\x21-\x7e]{4,80}$/.test(cve)) {
    complain('it has no CVE number, nor one of its own');
    return null;
  }
  const notes = childrenOf(childOf(vulnerability, 'Notes'), 'Note');
  const revisions = childrenOf(childOf(vulnerability, 'RevisionHistory'), 'Revision').flatMap(
    (revision) => pastMoment(textOf(revision, 'Date'), now) ?? [],
  );
  return {
    ...EMPTY_ADVISORY,
    id: `${month}/${cve}`,
    name: cve,
    vulnerabilities: [cve],
    title: line(textOf(vulnerability, 'Title')),
    summary: prose(notes.find(({ attributes }) => attributes.get('Type') === 'Description')?.text ?? ''),
    published: revisions.toSorted()[0] ?? null,
    modified: revisions.toSorted().at(-1) ?? null,
    cvss: scoresOf(vulnerability),
    references: [
      { kind: 'advisory', url: `https://msrc.microsoft.com/update-guide/vulnerability/${encodeURIComponent(cve)}` },
    ],
    claims: claimsOf(vulnerability, products, complain),
    provenance,
  };
}

function claimsOf(
  vulnerability: XmlElement,
  products: ReadonlyMap<string, string>,
  complain: (reason: string) => void,
): Claim[] {
  const repairs = new Map<string, Repair[]>();
  for (const repair of repairsOf(vulnerability))
    for (const id of repair.productIds) {
      const known = repairs.get(id);
      if (known === undefined) repairs.set(id, [repair]);
      else known.push(repair);
    }
  const severities = new Map<string, string>();
  for (const threat of childrenOf(childOf(vulnerability, 'Threats'), 'Threat'))
    if (threat.attributes.get('Type') === 'Severity')
      for (const { text } of childrenOf(threat, 'ProductID'))
        severities.set(text.trim(), line(textOf(threat, 'Description')));
  const claims = new Map<string, Claim>();
  for (const status of childrenOf(childOf(vulnerability, 'ProductStatuses'), 'Status')) {
    const type = status.attributes.get('Type') ?? '';
    if (type !== 'Known Affected' && type !== 'Known Not Affected') continue;
    for (const { text } of childrenOf(status, 'ProductID')) {
      const title = products.get(text.trim());
      if (title === undefined) {
        complain(`the product tree does not define the product ${text.trim().slice(0, 100)}`);
        continue;
      }
      const severity = severities.get(text.trim()) ?? null;
      const meaning: Meaning =
        type === 'Known Affected' ? affected(repairs.get(text.trim()) ?? []) : { status: 'unaffected' };
      addClaim(claims, title, severity, meaning);
    }
  }
  return [...claims.values()];
}

type Meaning = Pick<Claim, 'status'> & Partial<Pick<Claim, 'intervals' | 'fix' | 'vendorStatus'>>;

/**
 * Affected before the lowest build that has the repair. Without a build only the update's number is known, and whether it
 * is installed can't be told from a version: undecided.
 */
function affected(repairs: readonly Repair[]): Meaning {
  const updates = [...new Set(repairs.flatMap(({ update }) => update ?? []))].join(', ');
  const builds = repairs.flatMap(({ build }) => (build !== null && isVersion('windows', build) ? [build] : []));
  const lowest = builds.reduce<string | null>(
    (low, build) => (low === null || isBefore(build, low) ? build : low),
    null,
  );
  if (lowest !== null)
    return {
      status: 'affected',
      intervals: [{ introduced: null, fixed: lowest, lastAffected: null }],
      fix: { state: 'fixed', version: lowest },
      vendorStatus: line(updates) || null,
    };
  if (repairs.length === 0) return { status: 'affected', fix: { state: 'unknown', version: null } };
  const words = updates === '' ? 'repaired, but no build is stated' : `repaired by ${updates}, but no build is stated`;
  return { status: 'under-investigation', vendorStatus: line(words) };
}

function isBefore(a: string, b: string): boolean {
  // A single number has no order with several: such a pair stays as it came.
  if (a.includes('.') !== b.includes('.')) return false;
  return compareVersions('windows', a, b) < 0;
}

function addClaim(claims: Map<string, Claim>, title: string, severity: string | null, meaning: Meaning): void {
  const { name, architecture } = windowsProduct(title);
  const claim: Claim = {
    ...EMPTY_CLAIM,
    ...meaning,
    namespace: 'windows',
    name,
    nameKind: 'product',
    scheme: 'windows',
    severity,
    architectures: null,
  };
  const key = JSON.stringify([claim, architecture === null]);
  const known = claims.get(key);
  if (known === undefined)
    claims.set(key, { ...claim, architectures: architecture === null ? null : [architecture], product: line(title) });
  else if (architecture !== null && known.architectures?.includes(architecture) === false)
    known.architectures.push(architecture);
}

function scoresOf(vulnerability: XmlElement): CvssScore[] {
  const scores = new Map<string, CvssScore>();
  for (const set of childrenOf(childOf(vulnerability, 'CVSSScoreSets'), 'ScoreSet')) {
    const score = cvssScore(textOf(set, 'Vector'), 'microsoft');
    if (score !== null) scores.set(score.vector, score);
  }
  return [...scores.values()].slice(0, 64);
}
