import type { Fix } from '../model/index.ts';
import type { Evidence, Verdict } from './assessment.ts';
import type { Judgement } from './judge-claim.ts';
import { heaviestSeverity } from './severity-words.ts';
import { orderOrNull } from './version-position.ts';

/**
 * One verdict from everything that is said of one vulnerability. The weightiest statements decide; among equals affected
 * beats unknown, and unknown beats not affected. A weightier 'not affected' ends the matter. A weightier 'unknown' ends
 * nothing: an affected below it still shows, and no statement below turns it into safe.
 */
export function conclude(vulnerability: string, judgements: readonly Judgement[]): Verdict {
  const { outcome, deciding } = decide(judgements);
  const decisive = deciding.filter(({ evidence }) => evidence.outcome === outcome);
  const evidence = judgements.map((judgement) => ({ ...judgement.evidence, decides: decisive.includes(judgement) }));
  const { fix, channel } = outcome === 'not-affected' ? NO_FIX_NEEDED : bestFix(decisive, judgements);
  const claims = decisive.map((judgement) => judgement.evidence.claim);
  return {
    vulnerability,
    outcome,
    evidence,
    fix,
    fixChannel: channel,
    vendorStatus: claims.find((claim) => claim.vendorStatus !== null)?.vendorStatus ?? null,
    severity:
      heaviestSeverity(claims.map((claim) => claim.severity)) ??
      heaviestSeverity(decisive.map((judgement) => judgement.evidence.advisory.severity)),
  };
}

const NO_FIX_NEEDED = { fix: { state: 'unknown', version: null }, channel: null } as const;

function decide(judgements: readonly Judgement[]): Pick<Verdict, 'outcome'> & { deciding: readonly Judgement[] } {
  const [only] = judgements;
  if (only !== undefined && judgements.length === 1) return { outcome: only.evidence.outcome, deciding: judgements };
  const weights = [...new Set(judgements.map(({ weight }) => weight))].filter((weight) => weight > 0);
  let unknown: readonly Judgement[] | null = null;
  for (const weight of weights.sort((a, b) => b - a)) {
    const level = judgements.filter((judgement) => judgement.weight === weight);
    if (says(level, 'affected')) return { outcome: 'affected', deciding: level };
    if (says(level, 'unknown')) unknown ??= level;
    else
      return unknown === null
        ? { outcome: 'not-affected', deciding: level }
        : { outcome: 'unknown', deciding: unknown };
  }
  return unknown === null
    ? { outcome: 'not-affected', deciding: judgements }
    : { outcome: 'unknown', deciding: unknown };
}

function says(level: readonly Judgement[], outcome: Evidence['outcome']): boolean {
  return level.some(({ evidence }) => evidence.outcome === outcome);
}

interface FixOffer {
  readonly fix: Fix;
  readonly channel: string | null;
}

/** What helps most, in this order, when nobody offers a fixed version. */
const WITHOUT_FIX: readonly Fix['state'][] = ['deferred', 'none', 'unknown', 'wont-fix', 'end-of-life'];

/** The statements that decide come first; a repair in another channel (extended support) is named when they have none. */
function bestFix(decisive: readonly Judgement[], all: readonly Judgement[]): FixOffer {
  const elsewhere = all.filter(({ evidence, weight }) => weight > 0 && evidence.outcome === 'affected');
  const offered = latestFixed(decisive) ?? latestFixed(elsewhere);
  if (offered !== null) return offered;
  const states = decisive.map(({ evidence }) => evidence.claim);
  for (const state of WITHOUT_FIX) {
    const claim = states.find(({ fix }) => fix.state === state);
    if (claim !== undefined) return { fix: { state, version: null }, channel: claim.channel };
  }
  return { fix: { state: 'unknown', version: null }, channel: null };
}

/** Two updates for one vulnerability: only the later one repairs it in full. */
function latestFixed(judgements: readonly Judgement[]): FixOffer | null {
  let best: (FixOffer & { version: string; weight: number }) | null = null;
  for (const { fixed, evidence, weight } of judgements) {
    if (fixed === null) continue;
    if (best !== null && weight < best.weight) continue;
    const isLater = best === null || weight > best.weight || orderOrNull(evidence.scheme, fixed, best.version) === 1;
    if (isLater)
      best = { fix: { state: 'fixed', version: fixed }, channel: evidence.claim.channel, version: fixed, weight };
  }
  return best === null ? null : { fix: best.fix, channel: best.channel };
}
