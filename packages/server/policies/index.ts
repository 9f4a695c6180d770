export { blackoutIntervals } from './calendars/blackout-intervals.ts';
export { readPolicyVersion } from './documents/read-version.ts';
export { type StandingPolicy, policiesInForce } from './documents/standing-policies.ts';
export { type FleetMember, endpointTraits } from './fleet/endpoint-traits.ts';
export { activeFreezes } from './freezes/active-freezes.ts';
export { deadlineFor } from './pending/deadline-for.ts';
export { type PendingUpdate, pendingUpdates } from './pending/pending-updates.ts';
export { POLICIES_TOPIC } from './publish.ts';
