export { readRun } from './load-targets.ts';
export { type RecalledOrder, recallOrders } from './recall-orders.ts';
export { sweep } from './reconciler.ts';
export { runDetail } from './run-detail.ts';
