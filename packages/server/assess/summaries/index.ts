export { waitingVerdicts } from './not-effective.ts';
export { type FleetNamespace, type StoredRisk, refreshSummaries } from './refresh.ts';
