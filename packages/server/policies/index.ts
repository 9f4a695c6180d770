export { type Blackout, blackoutIntervals } from './calendars/blackout-intervals.ts';
export { type StoredVersion, readPolicyVersion } from './documents/read-version.ts';
export { type StandingPolicy, policiesInForce } from './documents/standing-policies.ts';
export { type FleetMember, endpointTraits } from './fleet/endpoint-traits.ts';
export { type ActiveFreeze, activeFreezes } from './freezes/active-freezes.ts';
export { deadlineFor } from './pending/deadline-for.ts';
export { type PendingUpdate, type PendingUpdates, pendingUpdates } from './pending/pending-updates.ts';
