export { readRun } from './load-targets.ts';
export { sweep } from './reconciler.ts';
export { runDetail } from './run-detail.ts';
