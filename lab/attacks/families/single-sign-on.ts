import type { Attack, AttackFamily } from '../attack.ts';
import { startIssuer } from '../target/issuer.ts';
import type { Target } from '../target/target.ts';

/** A sign-in that was begun at the honest provider, and what an attacker knows. */
interface Flow {
  readonly honest: Provider;
  readonly evil: Provider;
  readonly state: string;
  /** Of the browser that began. */
  readonly cookie: string;
}

interface Provider {
  readonly id: string;
  readonly issuer: string;
}

interface Callback {
  readonly provider: Provider;
  readonly query: Readonly<Record<string, string>>;
  readonly cookie?: string;
}

/** What the browser brings back is not what was asked for. @param why as it stands in the address that it is sent to */
function refused(name: string, why: string, bring: (flow: Flow) => Callback): Attack {
  return {
    name,
    refusal: why,
    record: 'evidence',
    attempt: async (target) => {
      const issuers = [await startIssuer(), await startIssuer()] as const;
      try {
        const honest = await addProvider(target, issuers[0].url);
        const evil = await addProvider(target, issuers[1].url);
        const { provider, query, cookie } = bring({ honest, evil, ...(await begin(target, honest)) });
        const before = await refusals(target);
        const { headers, status } = await target.send({
          path: `/api/v1/session/oidc/${provider.id}/callback?${new URLSearchParams(query).toString()}`,
          headers: cookie === undefined ? {} : { cookie },
        });
        const location = String(headers['location'] ?? `status ${status}`);
        const failed = /[?&]failed=([a-z-]+)/.exec(location)?.[1];
        return { refusal: failed ?? location, isRecorded: (await refusals(target)) > before };
      } finally {
        for (const issuer of issuers) await issuer.close();
      }
    },
  };
}

async function addProvider(target: Target, issuer: string): Promise<Provider> {
  const { json, text } = await target.call('POST', '/identity-providers', {
    name: issuer,
    issuer,
    clientId: 'thimble',
    clientSecret: 'secret',
    scopes: 'profile',
    groupsClaim: 'groups',
    groupRoles: [],
    createsPeople: true,
    enabled: true,
  });
  if (typeof json !== 'object' || json === null || !('id' in json)) throw new Error(`no provider was added: ${text}`);
  return { id: String(json.id), issuer };
}

async function begin(target: Target, { id }: Provider): Promise<Pick<Flow, 'state' | 'cookie'>> {
  const { headers } = await target.send({ path: `/api/v1/session/oidc/${id}` });
  const location = String(headers['location'] ?? '');
  const state = URL.canParse(location) ? (new URL(location).searchParams.get('state') ?? '') : '';
  if (state === '') throw new Error(`the sign-in did not begin: ${location}`);
  const cookie = [headers['set-cookie'] ?? []].flat().map((line) => line.split(';', 1)[0]);
  return { state, cookie: cookie.join('; ') };
}

async function refusals({ server }: Target): Promise<number> {
  const { rows } = await server.context.database.pool.query(`select 1 from evidence where kind = 'sign-in-refused'`);
  return rows.length;
}

export const singleSignOn: AttackFamily = {
  name: 'single sign-on',
  attacks: [
    refused('mix-up: the honest provider’s answer is brought to the attacker’s', 'bad-answer', (flow) => ({
      provider: flow.evil,
      query: { code: 'stolen', state: flow.state, iss: flow.honest.issuer },
      cookie: flow.cookie,
    })),
    refused('mix-up: the answer names another issuer than the one that was asked', 'bad-answer', (flow) => ({
      provider: flow.honest,
      query: { code: 'injected', state: flow.state, iss: flow.evil.issuer },
      cookie: flow.cookie,
    })),
    refused('mix-up: the answer names no issuer, and the provider always does', 'bad-answer', (flow) => ({
      provider: flow.honest,
      query: { code: 'injected', state: flow.state },
      cookie: flow.cookie,
    })),
    refused('CSRF: a victim’s browser is made to sign in as the attacker', 'unknown-flow', (flow) => ({
      provider: flow.honest,
      query: { code: 'attackers', state: flow.state, iss: flow.honest.issuer },
    })),
    refused('a state that nobody asked for', 'unknown-flow', (flow) => ({
      provider: flow.honest,
      query: { code: 'x', state: 'A'.repeat(43), iss: flow.honest.issuer },
      cookie: flow.cookie,
    })),
  ],
};
