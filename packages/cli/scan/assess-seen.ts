import {
  assess,
  type Assessment,
  ecosystemOf,
  type FactBody,
  type FactOf,
  FEEDS,
  kernelFacts,
  lookupKeys,
  mergedExploits,
  prioritise,
  purlOf,
  type Software,
  type Verdict,
} from '@thimble/advisories';
import { freshnessOf, type LocalAdvisories } from '@thimble/feeds';
import type { Gap } from '@thimble/protocol';
import type { Seen } from './look/seen.ts';
import type { ScanFinding, ScanResult } from './scan-result.ts';
import { softwareOfSeen, type SeenSoftware } from './software-of-seen.ts';

/** Holds everything that was seen against the local advisories. Nothing is fetched. */
export async function assessSeen(seen: Seen, advisories: LocalAdvisories, now: Date): Promise<ScanResult> {
  const { software, gaps } = softwareOfSeen(seen);
  const { assessments, states } = await assessSoftware(software, advisories, now);
  const affected = assessments.flatMap((assessment, index) =>
    assessment.verdicts
      .filter(({ outcome }) => outcome === 'affected')
      .map((verdict) => ({ assessment, verdict, locations: software[index]?.locations ?? [] })),
  );
  const known = await readKnowledge(
    affected.map(({ verdict }) => verdict),
    advisories,
  );
  const leftover = leftoverKernels(software, seen.kernelRelease);
  const findings = affected.map(({ assessment, verdict, locations }) =>
    findingOf(assessment.software, verdict, locations, known, leftover),
  );
  return {
    subject: seen.subject,
    namespace: software.find(({ software: { origin } }) => origin !== 'ecosystem')?.software.namespace ?? null,
    softwareCount: software.length,
    findings: findings.sort(byUrgency),
    gaps: groupGaps([...gaps, ...assessments.flatMap(gapsOf)]),
    assessments,
    at: now,
    feeds: states.flatMap(({ feed, syncedAt }) =>
      syncedAt === null ? [] : [{ feed, syncedAt: syncedAt.toISOString() }],
    ),
  };
}

async function assessSoftware(software: readonly SeenSoftware[], advisories: LocalAdvisories, now: Date) {
  const states = await advisories.states();
  const namespaces = [...new Set(software.map((each) => each.software.namespace))];
  const support = await advisories.facts('support', namespaces);
  const named = await advisories.named([...namespaces, ...namespaces.map(ecosystemOf)]);
  const fresh = new Map(
    namespaces.map((namespace) => [namespace, freshnessOf(namespace, { feeds: FEEDS, states, support, now, named })]),
  );
  const assessments: Assessment[] = [];
  for (const { software: each } of software) {
    const known = fresh.get(each.namespace);
    if (known === undefined) continue;
    assessments.push(assess(each, await advisories.claims(lookupKeys(each)), { fresh: known }));
  }
  return { assessments, states };
}

interface Knowledge {
  readonly facts: ReadonlyMap<string, readonly FactBody[]>;
  /** Title and best score that a vulnerability's advisories state. */
  readonly stated: ReadonlyMap<string, { readonly title: string; readonly cvss: ScanFinding['cvss'] }>;
}

const FACT_KINDS = ['kev', 'epss', 'ssvc', 'exploit', 'description'] as const;

async function readKnowledge(verdicts: readonly Verdict[], advisories: LocalAdvisories): Promise<Knowledge> {
  const ids = [...new Set(verdicts.map(({ vulnerability }) => vulnerability))];
  const facts = new Map<string, FactBody[]>(ids.map((id) => [id, []]));
  for (const kind of FACT_KINDS)
    for (const fact of await advisories.facts(kind, ids))
      if ('vulnerability' in fact) facts.get(fact.vulnerability)?.push(fact);
  const stated = new Map<string, { title: string; cvss: ScanFinding['cvss'] }>();
  for (const { vulnerability, evidence } of verdicts) {
    if (stated.has(vulnerability)) continue;
    const first = evidence.find(({ decides }) => decides) ?? evidence[0];
    if (first === undefined) continue;
    const record = await advisories.advisory(first.advisory.provenance.feed, first.advisory.id);
    const scores = [...(record?.cvss ?? []), ...descriptionOf(facts.get(vulnerability))];
    stated.set(vulnerability, { title: record?.title ?? '', cvss: highest(scores) });
  }
  return { facts, stated };
}

function descriptionOf(facts: readonly FactBody[] | undefined): FactOf<'description'>['cvss'] {
  return (facts ?? []).flatMap((fact) => (fact.kind === 'description' ? fact.cvss : []));
}

/** The newest standard's score counts first: a CVSS 2 vector says less. */
function highest(scores: FactOf<'description'>['cvss']): ScanFinding['cvss'] {
  let best: { readonly score: number; readonly vector: string; readonly version: string } | null = null;
  for (const { score, vector, version } of scores) {
    if (score === null) continue;
    const modern = version !== '2.0';
    const better =
      best === null ||
      (modern && best.version === '2.0') ||
      (modern === (best.version !== '2.0') && score > best.score);
    if (better) best = { score, vector, version };
  }
  return best;
}

function findingOf(
  software: Software,
  verdict: Verdict,
  locations: readonly string[],
  { facts, stated }: Knowledge,
  leftover: ReadonlySet<string>,
): ScanFinding {
  const { vulnerability } = verdict;
  const own = facts.get(vulnerability) ?? [];
  const description = factOf(own, 'description');
  const { title, cvss } = stated.get(vulnerability) ?? { title: '', cvss: null };
  const kev = factOf(own, 'kev');
  const epss = factOf(own, 'epss');
  return {
    vulnerability,
    title: description === null || description.title === '' ? title : description.title,
    software,
    purl: purlOf(software),
    locations,
    verdict,
    cvss,
    epss: epss?.probability ?? null,
    kev: kev !== null,
    priority: prioritise({
      vulnerability,
      cvss: cvss?.score ?? null,
      cvssVector: cvss?.vector ?? null,
      vendorSeverity: verdict.severity,
      kev,
      epss,
      ssvc: factOf(own, 'ssvc'),
      exploit: mergedExploits(own),
      exposure: 'unknown',
      assetCriticality: 'unknown',
      assetExposure: 'unknown',
    }),
    leftover: leftover.has(`${software.name} ${software.version}`),
    unimportant: verdict.vendorStatus === 'unimportant',
  };
}

function factOf<Kind extends FactBody['kind']>(facts: readonly FactBody[], kind: Kind): FactOf<Kind> | null {
  return (facts.find((fact) => fact.kind === kind) as FactOf<Kind> | undefined) ?? null;
}

function leftoverKernels(software: readonly SeenSoftware[], release: string | null): ReadonlySet<string> {
  const { kernels } = kernelFacts(
    software.map((each) => each.software),
    release,
  );
  return new Set(kernels.filter(({ role }) => role === 'leftover').map(({ name, version }) => `${name} ${version}`));
}

function gapsOf({ software, gaps }: Assessment): readonly Gap[] {
  return gaps.map(({ reason, why, vulnerability }) => {
    // What holds for a whole namespace is one gap, not one for each of its packages.
    const whole = ['no-advisories', 'stale-advisories', 'unsupported-distribution', 'release-out-of-support'];
    const what = whole.includes(reason) ? software.namespace : `${software.name} ${software.version}`;
    return { what: vulnerability === null ? what : `${vulnerability} in ${what}`, why };
  });
}

function groupGaps(gaps: readonly Gap[]): readonly Gap[] {
  return [...new Map(gaps.map((gap) => [`${gap.what}\n${gap.why}`, gap])).values()];
}

function byUrgency(a: ScanFinding, b: ScanFinding): number {
  const counts = (each: ScanFinding) => (each.leftover || each.unimportant ? 0 : 1);
  if (counts(a) !== counts(b)) return counts(b) - counts(a);
  if (a.priority.score !== b.priority.score) return b.priority.score - a.priority.score;
  return `${a.vulnerability} ${a.software.name}` < `${b.vulnerability} ${b.software.name}` ? -1 : 1;
}
