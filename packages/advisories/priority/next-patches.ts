/** One open finding: a vulnerability in a package on an endpoint. */
export interface OpenRisk {
  readonly endpoint: string;
  readonly vulnerability: string;
  /** 0 or more, such as a priority's score. */
  readonly risk: number;
  /** Why no update is offered, for what stays; null: not known. */
  readonly withoutUpdate: string | null;
}

/** An update that can be chosen: a source package to a version, on every endpoint that needs it. */
export interface CandidateUpdate {
  /** Unique; decides between equals. */
  readonly id: string;
  /** Which findings it closes, as indexes of the list of open risks. */
  readonly closes: readonly number[];
}

export interface ChosenUpdate {
  readonly id: string;
  /** What it removes that none before it removed. */
  readonly riskRemoved: number;
  readonly findingsClosed: number;
  readonly endpointCount: number;
  /** Of all open risk, together with those before it: 0 to 1. */
  readonly cumulativeShare: number;
}

export interface NextPatches {
  readonly updates: readonly ChosenUpdate[];
  readonly riskTotal: number;
  readonly riskRemaining: number;
  /** What stays when all of them are installed, the heaviest reason first. */
  readonly remaining: readonly { readonly why: string; readonly findings: number; readonly risk: number }[];
}

/** Sums are exact in thousandths: rounding must not decide between equals. */
const SCALE = 1000;

/**
 * The fewest updates that remove the most risk: again and again the one that removes most of what is left (greedy weighted set
 * cover, which no efficient method beats by much: Feige 1998). Equals are decided by the number of findings, then by id.
 *
 * @param limit how many updates at most
 */
export function nextPatches(
  risks: readonly OpenRisk[],
  candidates: readonly CandidateUpdate[],
  limit: number,
): NextPatches {
  const weights = risks.map(({ risk }) => (risk > 0 ? Math.round(risk * SCALE) : 0));
  const pool = candidates.map(({ id, closes }) => ({
    id,
    closes: [...new Set(closes)].filter((index) => index in risks),
  }));
  const gains = pool.map(({ closes }) => ({
    risk: closes.reduce((sum, index) => sum + (weights[index] ?? 0), 0),
    findings: closes.length,
  }));
  const closedBy = invert(pool, risks.length);
  const open = new Uint8Array(risks.length).fill(1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const updates: ChosenUpdate[] = [];
  let removed = 0;
  while (updates.length < limit) {
    const best = bestOf(pool, gains);
    if (best === null) break;
    const closed = best.update.closes.filter((index) => open[index] === 1);
    for (const index of closed) {
      open[index] = 0;
      for (const other of closedBy[index] ?? []) {
        const gain = gains[other];
        if (gain === undefined) continue;
        gain.risk -= weights[index] ?? 0;
        gain.findings -= 1;
      }
    }
    removed += best.risk;
    updates.push({
      id: best.update.id,
      riskRemoved: best.risk / SCALE,
      findingsClosed: closed.length,
      endpointCount: new Set(closed.map((index) => risks[index]?.endpoint)).size,
      cumulativeShare: total === 0 ? 1 : removed / total,
    });
  }
  const remaining = remainingOf(risks, weights, open, closedBy);
  return { updates, riskTotal: total / SCALE, riskRemaining: (total - removed) / SCALE, remaining };
}

interface Gain {
  risk: number;
  findings: number;
}

/** null: none is left that removes anything. */
function bestOf(
  pool: readonly CandidateUpdate[],
  gains: readonly Gain[],
): { update: CandidateUpdate; risk: number } | null {
  let best: { update: CandidateUpdate; gain: Gain } | null = null;
  for (const [index, update] of pool.entries()) {
    const gain = gains[index];
    if (gain === undefined || gain.risk <= 0) continue;
    if (best === null || isBetter(update, gain, best)) best = { update, gain };
  }
  return best === null ? null : { update: best.update, risk: best.gain.risk };
}

function isBetter(update: CandidateUpdate, gain: Gain, best: { update: CandidateUpdate; gain: Gain }): boolean {
  if (gain.risk !== best.gain.risk) return gain.risk > best.gain.risk;
  if (gain.findings !== best.gain.findings) return gain.findings > best.gain.findings;
  return update.id < best.update.id;
}

/** For each finding, which candidates close it. */
function invert(pool: readonly CandidateUpdate[], count: number): readonly (readonly number[])[] {
  const closedBy: number[][] = Array.from({ length: count }, () => []);
  for (const [update, { closes }] of pool.entries()) for (const index of closes) closedBy[index]?.push(update);
  return closedBy;
}

function remainingOf(
  risks: readonly OpenRisk[],
  weights: readonly number[],
  open: Uint8Array,
  closedBy: readonly (readonly number[])[],
): NextPatches['remaining'] {
  const reasons = new Map<string, { findings: number; weight: number }>();
  for (const [index, { withoutUpdate }] of risks.entries()) {
    if (open[index] === 0) continue;
    const hasUpdate = (closedBy[index]?.length ?? 0) > 0;
    const why = hasUpdate ? 'an update closes it, and is not among these' : (withoutUpdate ?? 'no update is offered');
    const sum = reasons.get(why) ?? { findings: 0, weight: 0 };
    reasons.set(why, { findings: sum.findings + 1, weight: sum.weight + (weights[index] ?? 0) });
  }
  return [...reasons]
    .map(([why, { findings, weight }]) => ({ why, findings, risk: weight / SCALE }))
    .sort((a, b) => b.risk - a.risk || b.findings - a.findings || (a.why < b.why ? -1 : 1));
}
