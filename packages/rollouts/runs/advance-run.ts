import type { RunState, TargetState } from '@thimble/protocol';
import { advanceTarget, type TargetAction, type TargetReport } from './advance-target.ts';
import type { RunFacts, TargetFacts } from './facts.ts';
import { projectRun, type RunTally } from './project-run.ts';

export interface RunReport {
  readonly state: RunState;
  readonly explanation: string;
  readonly targets: readonly TargetReport[];
  readonly tally: RunTally;
}

/**
 * What happens next in a run, and in words why: pure, so the same state and time give the same answer, whoever asks.
 * The caller does the actions in the database transaction in which it read the state.
 */
export function advanceRun(
  state: { readonly run: RunFacts; readonly targets: readonly TargetFacts[] },
  nowMs: number,
): { readonly actions: readonly TargetAction[]; readonly report: RunReport } {
  const advanced = state.targets.map((target) => advanceTarget(target, state.run, nowMs));
  const targets = advanced.map(({ report }) => report);
  const tally = tallyTargets(targets);
  return {
    actions: advanced.flatMap(({ actions }) => actions),
    report: { ...projectRun(state.run, tally), targets, tally },
  };
}

export function tallyTargets(targets: readonly TargetReport[]): RunTally {
  const counts: Partial<Record<TargetState, number>> = {};
  for (const { state } of targets) counts[state] = (counts[state] ?? 0) + 1;
  return {
    counts,
    needApproval: targets.filter(({ needsApproval }) => needsApproval).length,
    underWay: targets.filter(({ underWay, needsApproval }) => underWay && !needsApproval).length,
  };
}
