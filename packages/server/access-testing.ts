/** For whoever tests signing in from outside: an identity provider, and the link of a fresh server. */
export { createSignInLink } from './access/index.ts';
export {
  TEST_CLIENT,
  type TestClaims,
  type TestIdentityProvider,
  startIdentityProvider,
} from './access/testing/identity-provider.ts';
