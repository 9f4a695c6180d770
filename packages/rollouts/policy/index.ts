export { assignRings, type RingCandidate } from './assign-rings.ts';
export { schemaFindings } from './document/schema-findings.ts';
export { budgetGroupsOf } from './budget-groups-of.ts';
export { deadlineOf, type UpdateDeadline } from './deadline-of.ts';
export { diffPolicies, type PolicyChange } from './diff-policies.ts';
export type { Inheritance } from './inheritance.ts';
export { matchesEndpoint } from './matches-endpoint.ts';
export { matchesUpdate } from './matches-update.ts';
export { parsePolicy, type ParsedPolicy } from './parse-policy.ts';
export { parsePolicyText } from './parse-policy-text.ts';
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
export { policyTextWith } from './policy-text-with.ts';
export { printPolicy } from './print-policy.ts';
export { selectionFor } from './selection-for.ts';
export { selects, type Selected } from './selects.ts';
export { policyTemplates, type PolicyTemplate } from './templates.ts';
export type { EndpointTraits, UpdateTraits } from './traits.ts';
