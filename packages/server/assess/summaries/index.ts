export { type FleetNamespace, namespacesOf } from './namespaces.ts';
export { waitingVerdicts } from './not-effective.ts';
export { refreshSummaries } from './refresh.ts';
export { type StoredRisk, sumUp } from './sum-up.ts';
export { summaryRows } from './summary-rows.ts';
