export { registerAuthentication } from './authenticate.ts';
export { type Principal, agentOf, operatorOf } from './principal.ts';
export { createSignInLink } from './links/sign-in-links.ts';
export { registerAccessRoutes } from './routes.ts';
export { hashSecret, newSecret } from './secrets.ts';
export type { ServerFacts } from './sessions/describe-session.ts';
export { DEFAULT_ORGANISATION_ID } from './tables.ts';
export { findToken } from './tokens/find-token.ts';
export { revokeTokensOf, TOKENS_TOPIC } from './tokens/revoke-token.ts';
