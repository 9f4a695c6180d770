import type { RunFacts, TargetFacts, TargetRequest } from './facts.ts';
import type { TargetProjection } from './project-target.ts';

/** What an operator can do with a target now. */
export function availableActions(
  projection: TargetProjection,
  target: Pick<TargetFacts, 'removed' | 'request'>,
  run: Pick<RunFacts, 'cancelRequested' | 'snapshotId' | 'rollout'>,
): readonly TargetRequest[] {
  const { state, inFlight, undoable, unusedPlan, preStage, trial } = projection;
  if (inFlight !== null) return inFlight.cancelRequestedAtMs === null ? ['cancel'] : [];
  if (target.removed || target.request !== null) return [];
  const undo: readonly TargetRequest[] = undoable === null ? [] : ['roll-back'];
  switch (state) {
    case 'planning':
      return ['cancel'];
    case 'planned':
      if (unusedPlan !== null && unusedPlan.blocked.length > 0) return ['retry', 'cancel'];
      return [
        // What failed there may have been mended since: its plan is made anew, and tried anew.
        ...(trial?.result?.kind === 'tried' && trial.result.verdict === 'failed' ? (['retry'] as const) : []),
        ...(run.snapshotId === null || preStage?.result?.kind === 'pre-staged' ? [] : (['pre-stage'] as const)),
        ...(trial?.result?.kind === 'tried' ? [] : (['trial'] as const)),
        'cancel',
      ];
    case 'plan-failed':
    case 'refused':
    case 'cancelled':
      return run.cancelRequested ? undo : ['retry', ...undo];
    case 'failed':
      return run.cancelRequested ? undo : ['retry', ...undo];
    case 'effective':
      // Some policies have a machine reboot after every patch.
      return run.rollout === 'under-way' ? ['reboot', ...undo] : undo;
    case 'waits-for-reboot':
      return ['reboot', ...undo];
    case 'waits-for-restart':
      return ['restart-services', 'reboot', ...undo];
    case 'nothing-to-do':
    case 'ordered':
    case 'working':
    case 'rebooting':
    case 'rolling-back':
    case 'rolled-back':
      return [];
  }
}
