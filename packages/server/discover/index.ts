export { agentOf, agentRoutes } from './agent-gate.ts';
export { bodyReader } from './agent-body.ts';
export { publishEndpoint } from './documents/adopt.ts';
export { assertEndpoint, unknownEndpoint } from './endpoint-detail.ts';
export { stateExpression } from './endpoint-list.ts';
export { endpointSearch } from './endpoint-search.ts';
export { createEnrolmentToken } from './enrolment-tokens.ts';
export { knownMembers } from './known-members.ts';
