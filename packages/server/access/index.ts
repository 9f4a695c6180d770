export { ACCESS_TOPIC, ROLES_TOPIC } from './access-topic.ts';
export { type Actor, answerableName, answerableOf } from './four-eyes/answerable.ts';
export { assertOtherEyes, noteProposal } from './four-eyes/proposals.ts';
export { fourEyesRule } from './four-eyes/rule.ts';
export { registerAuthentication } from './authenticate.ts';
export { EVERYWHERE, type Reach } from './permissions/reach.ts';
export {
  endpointReachCondition,
  reachCondition,
  rolloutReachCondition,
  runReachCondition,
} from './permissions/reach-condition.ts';
export { reachOf } from './permissions/reach-of.ts';
export { permissionsInEach, permissionsOf } from './permissions/permissions-of.ts';
export { type Principal, agentOf, operatorOf } from './principal.ts';
export { isSetUp } from './links/is-set-up.ts';
export { createSignInLink } from './links/sign-in-links.ts';
export { registerAccessRoutes } from './routes.ts';
export { hashSecret, newSecret } from './secrets.ts';
export type { ServerFacts } from './sessions/describe-session.ts';
export { DEFAULT_ORGANISATION_ID } from './tables.ts';
export { findToken } from './tokens/find-token.ts';
export { TOKENS_TOPIC } from './tokens/revoke-token.ts';
