import type { IdentityProvider, Me, PersonSession, SignInRules, SignInWays } from '@thimble/protocol';
import type { Answer } from '../fake-routes.ts';

const id = (last: number): string => `00000000-0000-4000-b000-${String(last).padStart(12, '0')}`;
const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
const ok = (body: unknown): Answer => ({ status: 200, body });

const PROVIDER = { id: id(1), name: 'Example Company' };

export const FAKE_WAYS: SignInWays = { passkey: { rpId: 'localhost', why: null }, providers: [PROVIDER] };

const RULES: SignInRules = { singleSignOnOnly: false, secondFactorRequired: false };

const me = (): Me => ({
  id: id(2),
  name: 'operator',
  login: 'operator@example.org',
  email: 'operator@example.org',
  passwordChangedAt: ago(400),
  authenticatorSince: ago(300),
  recoveryCodesLeft: 9,
  passkeys: [
    { id: id(3), name: 'Laptop', rpId: 'thimble.example.org', backedUp: true, createdAt: ago(900), lastUsedAt: ago(2) },
    {
      id: id(4),
      name: 'Key in the safe',
      rpId: 'thimble.example.org',
      backedUp: false,
      createdAt: ago(880),
      lastUsedAt: null,
    },
  ],
  providers: [],
  confirmedUntil: ago(-0.1),
  rules: RULES,
});

const session = (last: number, more: Partial<PersonSession>): PersonSession => ({
  id: id(10 + last),
  method: 'passkey',
  createdAt: ago(3),
  lastSeenAt: ago(0),
  expiresAt: ago(-9),
  address: '192.0.2.17',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  current: false,
  ...more,
});

const provider = (): IdentityProvider => ({
  ...PROVIDER,
  issuer: 'https://login.example.org/realms/company',
  clientId: 'thimble',
  scopes: 'profile email',
  groupsClaim: 'groups',
  groupRoles: [
    { group: 'patching', roleId: 'operator' },
    { group: 'security-leads', roleId: 'approver' },
  ],
  createsPeople: true,
  enabled: true,
  hasSecret: true,
  redirectUri: `https://thimble.example.org:8443/api/v1/session/oidc/${PROVIDER.id}/callback`,
  createdAt: ago(2_000),
});

const CODES = [
  'abcde-fghjk-mnpqr-stvwx',
  'bcdef-ghjkm-npqrs-tvwxy',
  'cdefg-hjkmn-pqrst-vwxyz',
  'defgh-jkmnp-qrstv-wxyz2',
];

/** The reader's own account, and how people of the organisation sign in. @returns undefined: not about that. */
export function answerAccount(method: string, path: string): Answer | undefined {
  const [stage, part] = path.split('/').slice(1);
  if (stage === 'identity-providers') {
    if (method === 'DELETE') return { status: 204 };
    if (path.endsWith('/test')) return ok({ problem: null, namesItself: true });
    return part === undefined && method === 'GET' ? ok({ items: [provider()] }) : ok(provider());
  }
  if (stage === 'sign-in-rules') return ok(RULES);
  if (stage !== 'me') return undefined;
  if (method === 'DELETE') return { status: 204 };
  switch (part) {
    case 'sessions':
      return ok({
        items: [
          session(1, { current: true }),
          session(2, {
            method: 'password-and-code',
            lastSeenAt: ago(26),
            createdAt: ago(27),
            address: '2001:db8::5',
            userAgent:
              'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1',
          }),
        ],
      });
    case 'recovery-codes':
      return ok({ codes: CODES });
    case undefined:
      return ok(me());
    default:
      return undefined;
  }
}
