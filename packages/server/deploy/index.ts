export { removeEndpoint } from './endpoint-actions.ts';
export { readRun } from './load-targets.ts';
export { loadTargets } from './load-targets.ts';
export { publishRun } from './advance.ts';
export {
  approveTargets,
  askTargets,
  createRolloutRun,
  endRolloutRun,
  lockRun,
  requestInTime,
  requestTargets,
  withdrawTargets,
} from './rollout-run.ts';
export { type RecalledOrder, recallOrders } from './recall-orders.ts';
export { requestOfTargets } from './request-action.ts';
export { snapshotForRun } from './snapshot-for-run.ts';
export { sweep } from './reconciler.ts';
export { runDetail } from './run-detail.ts';
