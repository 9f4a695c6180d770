import { severityLevelOf } from '../match/severity-words.ts';
import { automatableOf, decide } from './decide.ts';
import { exploitationOf, percent } from './exploitation.ts';
import type { Priority, PriorityInput, PriorityStep, SeverityLevel } from './priority.ts';
import { WEIGHTS } from './weights.ts';

/** How urgent a vulnerability is on one endpoint: a sum that can be done again by hand, and the SSVC decision besides. */
export function prioritise(input: PriorityInput): Priority {
  const steps = [
    base(input),
    exploited(input),
    ...ransomware(input),
    predicted(input),
    automatable(input),
    runtime(input),
    asset(input),
    criticality(input),
  ];
  const sum = steps.reduce((total, { points }) => total + points, 0);
  const { decision, why } = decide(input);
  return {
    score: tenth(Math.min(100, Math.max(0, sum))),
    severity: severityOf(input),
    decision,
    decisionWhy: why,
    steps,
  };
}

/** The publisher's bands of CVSS 3 and 4 (specification, section 5 and 6): low from 0.1, medium 4, high 7, critical 9. */
function severityOf({ cvss, vendorSeverity }: PriorityInput): SeverityLevel {
  if (cvss === null) return (vendorSeverity === null ? null : severityLevelOf(vendorSeverity)) ?? 'unknown';
  if (cvss >= 9) return 'critical';
  if (cvss >= 7) return 'high';
  if (cvss >= 4) return 'medium';
  return cvss > 0 ? 'low' : 'none';
}

function base(input: PriorityInput): PriorityStep {
  if (input.cvss !== null)
    return step('severity', `CVSS ${input.cvss.toFixed(1)}`, input.cvss * WEIGHTS.cvssPoint, 'the base score');
  const severity = severityOf(input);
  const score = WEIGHTS.severityScore[severity];
  const why =
    severity === 'unknown'
      ? `nobody rated it: counted like a score of ${score.toFixed(1)}`
      : `no CVSS score; the publisher's word counts like ${score.toFixed(1)}`;
  return step('severity', input.vendorSeverity ?? 'not rated', score * WEIGHTS.cvssPoint, why);
}

function exploited(input: PriorityInput): PriorityStep {
  const { level, why } = exploitationOf(input);
  return step('exploitation', level, WEIGHTS.exploitation[level], why);
}

function ransomware({ kev }: PriorityInput): PriorityStep[] {
  if (kev?.ransomware !== true) return [];
  return [step('ransomware', 'yes', WEIGHTS.ransomware, 'used by ransomware (CISA KEV)')];
}

function predicted({ epss }: PriorityInput): PriorityStep {
  if (epss === null)
    return step(
      'EPSS',
      'not scored',
      epssPoints(WEIGHTS.epssUnknown),
      `no prediction: counted like ${percent(WEIGHTS.epssUnknown)}`,
    );
  return step(
    'EPSS',
    percent(epss.probability),
    epssPoints(epss.probability),
    'probability of exploitation within 30 days',
  );
}

function epssPoints(probability: number): number {
  return WEIGHTS.epss * Math.sqrt(Math.min(1, Math.max(0, probability)));
}

function automatable(input: PriorityInput): PriorityStep {
  const { value, known, why } = automatableOf(input);
  const answer = known ? (value ? 'yes' : 'no') : 'unknown';
  return step('automatable', answer, WEIGHTS.automatable[answer], why);
}

const RUNTIME_WORDS: Readonly<Record<PriorityInput['exposure'], string>> = {
  dormant: 'no process has it loaded',
  running: 'a running process has it loaded, and listens nowhere',
  'listens-on-loopback': 'a process that has it loaded listens on this machine only',
  'listens-beyond': 'a process that has it loaded listens on the network',
  unknown: 'the agent could not look which processes have it loaded',
};

function runtime({ exposure }: PriorityInput): PriorityStep {
  return step('runtime exposure', exposure, WEIGHTS.runtime[exposure], RUNTIME_WORDS[exposure]);
}

const ASSET_WORDS: Readonly<Record<PriorityInput['assetExposure'], string>> = {
  isolated: 'the endpoint is reachable from nowhere else',
  internal: 'the endpoint is reachable from inside',
  internet: 'the endpoint is reachable from the internet',
  unknown: 'nobody has stated from where the endpoint is reachable',
};

function asset({ assetExposure }: PriorityInput): PriorityStep {
  return step('asset exposure', assetExposure, WEIGHTS.assetExposure[assetExposure], ASSET_WORDS[assetExposure]);
}

function criticality({ assetCriticality }: PriorityInput): PriorityStep {
  const why =
    assetCriticality === 'unknown'
      ? 'nobody has stated how important the endpoint is'
      : 'how important the endpoint is, as its organisation states';
  return step('asset criticality', assetCriticality, WEIGHTS.assetCriticality[assetCriticality], why);
}

function step(name: string, value: string, points: number, why: string): PriorityStep {
  return { name, value, points: tenth(points), why };
}

/** Points are shown to a tenth, and summed as shown: the sum can be checked by hand. */
function tenth(points: number): number {
  return Math.round(points * 10) / 10;
}
