export { assignRings, type RingCandidate } from './assign-rings.ts';
export { budgetGroupsOf } from './budget-groups-of.ts';
export { deadlineOf, type UpdateDeadline } from './deadline-of.ts';
export { matchesEndpoint } from './matches-endpoint.ts';
export { matchesUpdate } from './matches-update.ts';
export { policyOf, type FollowedPolicy } from './policy-of.ts';
export type {
  AmountOf,
  Budget,
  Deadlines,
  Deploy,
  Gate,
  Policy,
  PolicyContent,
  Probe,
  Ring,
  StartRule,
  Trial,
} from './policy.ts';
export { selectionFor } from './selection-for.ts';
export { selects, type Selected } from './selects.ts';
export type { EndpointTraits, UpdateTraits } from './traits.ts';
