import type { FactBody } from '../model/index.ts';
import { assessedAs } from './assessed-as.ts';
import type { Assessment, AssessmentGap, Evidence, Verdict } from './assessment.ts';
import { explainEvidence, FIX_WORDS } from './explain-evidence.ts';

export interface ExplainInput {
  readonly assessment: Assessment;
  readonly vulnerability: string;
  /** The time for which the records hold, ISO 8601. */
  readonly asOf: string;
  /** What is known of the vulnerability besides; others' facts are left out. */
  readonly facts: readonly FactBody[];
  /** `Namespace.derivedFrom`. */
  readonly derivedFrom: string | null;
}

export interface ExplanationLine {
  readonly kind: 'installed' | 'read-as' | 'record' | 'conclusion' | 'fix' | 'gap' | 'fact' | 'as-of';
  readonly text: string;
}

export interface Explanation {
  readonly vulnerability: string;
  /** `not-mentioned`: no record at hand speaks of this vulnerability in this software; that is no proof of safety. */
  readonly outcome: Verdict['outcome'] | 'not-mentioned';
  readonly lines: readonly ExplanationLine[];
  /** The same for a terminal or a mail: plain text, ends with a line feed. */
  readonly text: string;
}

/** The whole argument for one vulnerability in one piece of software, so that a person can check each step. */
export function explain(input: ExplainInput): Explanation {
  const { assessment, vulnerability } = input;
  const verdict = [...assessment.verdicts, ...assessment.dismissed].find(
    (each) => each.vulnerability === vulnerability,
  );
  const gaps = assessment.gaps.filter((gap) => gap.vulnerability === null || gap.vulnerability === vulnerability);
  const outcome = verdict?.outcome ?? (gaps.length > 0 ? 'unknown' : 'not-mentioned');
  const lines: ExplanationLine[] = [
    { kind: 'installed', text: installedText(assessment) },
    ...readAsLines(input),
    ...(verdict?.evidence ?? []).map((evidence) => ({ kind: 'record', text: recordText(evidence) }) as const),
    { kind: 'conclusion', text: conclusionText(verdict, gaps, vulnerability) },
    ...(verdict === undefined || verdict.outcome === 'not-affected'
      ? []
      : [{ kind: 'fix', text: fixText(verdict) } as const]),
    ...gaps.map((gap) => ({ kind: 'gap', text: gapText(gap) }) as const),
    ...input.facts.flatMap((fact) => factLine(fact, vulnerability)),
    { kind: 'as-of', text: input.asOf },
  ];
  return { vulnerability, outcome, lines, text: rendered(assessment, vulnerability, lines) };
}

function installedText({ software }: Assessment): string {
  const { name, version, architecture, source, origin, originName, channel, module } = software;
  const built = source === null ? '' : `, built from source ${source.name} ${source.version}`;
  const of = module === null ? '' : `, module ${module}`;
  const from = {
    distribution: `, from ${originName ?? 'the distribution'}${channel === null ? '' : ` (${channel})`}`,
    'third-party': `, from ${originName ?? 'another publisher than the distribution'}`,
    unstated:
      ", from a repository that the inventory does not name (an older version, or installed by hand): taken as the distribution's",
    ecosystem: '',
  }[origin];
  return `${name} ${version}${architecture === null ? '' : ` (${architecture})`}${built}${of}${from}`;
}

function readAsLines({ assessment, derivedFrom }: ExplainInput): ExplanationLine[] {
  if (assessment.software.origin === 'third-party') return [];
  const as = assessedAs(assessment.software);
  const text = [`advisories of ${as.namespaces[0]}`, ...(derivedFrom === null ? [] : [derivedFrom]), ...as.notes];
  return text.map((line) => ({ kind: 'read-as', text: line }));
}

function recordText(evidence: Evidence): string {
  const { advisory, outcome, decides } = evidence;
  const { feed, record, sha256 } = advisory.provenance;
  const weight = decides ? '' : ' [does not decide]';
  return (
    `${advisory.name} (feed ${feed}, record ${record}, SHA-256 ${sha256.slice(0, 16)}…): ` +
    `${explainEvidence(evidence)} → ${OUTCOME_WORDS[outcome]} [rule ${evidence.rule}]${weight}`
  );
}

const OUTCOME_WORDS = { affected: 'affected', 'not-affected': 'not affected', unknown: 'not known' } as const;

function conclusionText(verdict: Verdict | undefined, gaps: readonly AssessmentGap[], vulnerability: string): string {
  if (verdict !== undefined) {
    const word = verdict.vendorStatus === null ? '' : `, which its publisher calls ${verdict.vendorStatus}`;
    const severity = verdict.severity === null ? '' : `, severity ${verdict.severity}`;
    return `${OUTCOME_WORDS[verdict.outcome]}${verdict.outcome === 'affected' ? `${severity}${word}` : ''}`;
  }
  if (gaps.length > 0) return 'not known: this software could not be assessed, see the gaps';
  return `no record at hand speaks of ${vulnerability} in this package`;
}

function fixText({ fix, fixChannel, evidence, outcome }: Verdict): string {
  const channel = fixChannel === null ? '' : `, in the channel ${fixChannel}`;
  if (fix.version !== null) {
    const by = evidence.find((each) => each.boundary === fix.version && each.outcome === 'affected');
    return `${outcome === 'unknown' ? 'if it is affected, ' : ''}${fix.version} repairs it${channel}${by === undefined ? '' : ` (${by.advisory.name})`}`;
  }
  return FIX_WORDS[fix.state] === '' ? 'no repair is stated' : `${FIX_WORDS[fix.state]}${channel}`;
}

function gapText({ reason, why, records }: AssessmentGap): string {
  const named =
    records === undefined ? '' : ` (records: ${records.slice(0, 5).join(', ')}${records.length > 5 ? ', …' : ''})`;
  return `${reason}: ${why}${named}`;
}

function factLine(fact: FactBody, vulnerability: string): ExplanationLine[] {
  if (!('vulnerability' in fact) || fact.vulnerability !== vulnerability) return [];
  const text = factText(fact);
  return text === null ? [] : [{ kind: 'fact', text }];
}

function factText(fact: FactBody): string | null {
  switch (fact.kind) {
    case 'kev':
      return `known to be exploited since ${fact.addedOn}${fact.dueOn === null ? '' : `, to be repaired by ${fact.dueOn}`} (CISA KEV)`;
    case 'epss':
      return `probability of exploitation within 30 days ${(fact.probability * 100).toFixed(1)} % (EPSS${fact.scoredOn === null ? '' : ` of ${fact.scoredOn}`})`;
    case 'ssvc':
      return `exploitation ${fact.exploitation}, ${fact.automatable ? '' : 'not '}automatable, technical impact ${fact.technicalImpact} (SSVC of CISA)`;
    case 'exploit':
      return `public exploits: ${fact.sources.map(({ name, count }) => `${name} ${count}`).join(', ') || 'none counted'}`;
    case 'description':
      return fact.status === 'rejected' ? 'the CVE was rejected by its issuer' : null;
    default:
      return null;
  }
}

const LABELS = {
  installed: 'Installed',
  'read-as': 'Held against',
  record: 'Record',
  conclusion: 'Conclusion',
  fix: 'Repair',
  gap: 'Gap',
  fact: 'Known',
  'as-of': 'As of',
} as const satisfies Record<ExplanationLine['kind'], string>;

function rendered({ software }: Assessment, vulnerability: string, lines: readonly ExplanationLine[]): string {
  const title = `${vulnerability} in ${software.name} ${software.version} (${software.namespace})`;
  return [title, ...lines.map(({ kind, text }) => `  ${LABELS[kind].padEnd(13)} ${oneLine(text)}`), ''].join('\n');
}

/** Records are others' text: nothing in them moves a terminal's cursor or starts a line of its own. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}
