import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** What the provider says of a subject; changes count from the next sign-in on. */
export type TestClaims = Readonly<Record<string, unknown>>;

export interface TestIdentityProvider {
  readonly issuer: string;
  readonly people: Map<string, TestClaims>;
  /** Tells the provider who asks it, and where answers go. Nobody can sign in before. */
  readonly register: (redirectUri: string) => void;
  readonly close: () => Promise<void>;
}

export const TEST_CLIENT = { id: 'thimble', secret: 'a secret between the two of them' } as const;

/**
 * A real OpenID Connect provider on localhost. Its own pages let in whoever names a subject: a form with `login` and
 * `password`, then one that asks to continue.
 */
export async function startIdentityProvider(): Promise<TestIdentityProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = `http://localhost:${port}`;
  const people = new Map<string, TestClaims>();
  return {
    issuer,
    people,
    register: (redirectUri) => {
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: TEST_CLIENT.id,
            client_secret: TEST_CLIENT.secret,
            redirect_uris: [redirectUri],
          },
        ],
        claims: {
          openid: ['sub'],
          profile: ['name', 'preferred_username'],
          email: ['email', 'email_verified'],
          groups: ['groups'],
        },
        scopes: ['openid', 'profile', 'email', 'groups'],
        findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...people.get(accountId) }) }),
        pkce: { required: () => true },
        cookies: { keys: ['a key for the cookies of a test'] },
      });
      server.removeAllListeners('request');
      server.on('request', provider.callback());
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
