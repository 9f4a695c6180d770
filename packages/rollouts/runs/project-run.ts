import type { RunState, TargetState } from '@thimble/protocol';
import type { RunFacts } from './facts.ts';

/** A run's targets in numbers, so that the run's state needs no target in memory. */
export interface RunTally {
  /** Targets by state. */
  readonly counts: Readonly<Partial<Record<TargetState, number>>>;
  /** Planned, and their transaction is not the approved one. */
  readonly needApproval: number;
  /** An order or a request is under way that people wait for: not what is fetched ahead of an approval. */
  readonly underWay: number;
}

const TARGET_ORDER: readonly TargetState[] = [
  'effective',
  'rolled-back',
  'working',
  'rebooting',
  'rolling-back',
  'ordered',
  'planning',
  'planned',
  'waits-for-reboot',
  'waits-for-restart',
  'failed',
  'refused',
  'plan-failed',
  'cancelled',
  'nothing-to-do',
];

/** The state of a run: `finished` says only that nothing is under way; whether all is well, its targets say. */
export function projectRun(
  run: Pick<RunFacts, 'approved' | 'cancelRequested' | 'rollout'>,
  tally: RunTally,
): { readonly state: RunState; readonly explanation: string } {
  const words = tallyInWords(tally) || 'it has no endpoints';
  // Its rollout adds endpoints ring by ring, so that nothing is under way does not mean that it is over.
  if (run.rollout === 'under-way') return { state: 'running', explanation: `its rollout is under way: ${words}` };
  if (run.cancelRequested) {
    if (tally.underWay > 0)
      return { state: run.approved ? 'running' : 'planning', explanation: `is being cancelled: ${words}` };
    if (run.approved && (tally.counts.cancelled ?? 0) === 0) return { state: 'finished', explanation: words };
    return { state: 'cancelled', explanation: `cancelled: ${words}` };
  }
  if (tally.underWay > 0)
    return run.approved
      ? { state: 'running', explanation: `under way: ${words}` }
      : { state: 'planning', explanation: `endpoints compute their exact transactions: ${words}` };
  if (tally.needApproval > 0)
    return {
      state: 'awaiting-approval',
      explanation: `${endpoints(tally.needApproval)} ${tally.needApproval === 1 ? 'waits' : 'wait'} for approval; ${words}`,
    };
  if (!run.approved && (tally.counts.cancelled ?? 0) > 0 && allCancelled(tally))
    return { state: 'cancelled', explanation: `cancelled: ${words}` };
  return { state: 'finished', explanation: `finished: ${words}` };
}

function allCancelled({ counts }: RunTally): boolean {
  return Object.entries(counts).every(([state, count]) => state === 'cancelled' || count === 0);
}

/** `2 effective, 1 waits for reboot`. */
export function tallyInWords({ counts }: Pick<RunTally, 'counts'>): string {
  return TARGET_ORDER.flatMap((state) => {
    const count = counts[state] ?? 0;
    return count === 0 ? [] : [`${count} ${STATE_WORDS[state]}`];
  }).join(', ');
}

const STATE_WORDS: Readonly<Record<TargetState, string>> = {
  planning: 'planning',
  planned: 'planned',
  'nothing-to-do': 'with nothing to do',
  'plan-failed': 'without a plan',
  ordered: 'ordered',
  working: 'working',
  effective: 'effective',
  'waits-for-reboot': 'waiting for reboot',
  'waits-for-restart': 'waiting for restarts',
  rebooting: 'rebooting',
  refused: 'refused',
  failed: 'failed',
  cancelled: 'cancelled',
  'rolling-back': 'rolling back',
  'rolled-back': 'rolled back',
};

function endpoints(count: number): string {
  return count === 1 ? '1 endpoint' : `${count} endpoints`;
}
