import { createEnrolmentToken, FakeAgent } from '@thimble/server/testing';
import type { AttackFamily } from '../attack.ts';
import type { Target } from '../target/target.ts';

const ENDPOINTS = '/api/v1/endpoints';
const HOUR_MS = 3_600_000;
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

interface Made {
  readonly secret: string;
  readonly token: { readonly id: string };
}

async function makeToken(target: Target, more: object = {}): Promise<Made> {
  const { status, text, json } = await target.call('POST', '/tokens', { name: 'attacked', ...more });
  if (status !== 201) throw new Error(`no token was made: ${text}`);
  return json as Made;
}

/** Enrols with it. */
async function enrol(target: Target, secret: string) {
  const agent = new FakeAgent(target.server.url, 'intruder');
  agent.clock = target.now;
  return target.traced(() => agent.send({ method: 'POST', path: '/enrol', body: agent.enrolRequest(secret) }));
}

export const tokens: AttackFamily = {
  name: 'tokens',
  attacks: [
    {
      name: 'a token that was revoked is used again',
      refusal: 'bad-token',
      record: 'request log',
      attempt: async (target) => {
        const { secret, token } = await makeToken(target);
        await target.send({ path: ENDPOINTS, headers: bearer(secret) });
        await target.call('DELETE', `/tokens/${token.id}`);
        return target.attempt({ path: ENDPOINTS, headers: bearer(secret) });
      },
    },
    {
      name: 'a token is used after its end',
      refusal: 'bad-token',
      record: 'request log',
      attempt: async (target) => {
        const { secret } = await makeToken(target, { expiresInHours: 1 });
        target.pass(HOUR_MS + 1);
        return target.attempt({ path: ENDPOINTS, headers: bearer(secret) });
      },
    },
    {
      name: 'the hash of a token, read from a stolen database, is sent as the token',
      refusal: 'bad-token',
      record: 'request log',
      attempt: async (target) => {
        await makeToken(target);
        const { rows } = await target.server.context.database.pool.query<{ hash: Buffer }>(
          'select secret_hash as hash from api_token order by created_at desc limit 1',
        );
        return target.attempt({
          path: ENDPOINTS,
          headers: bearer(`thimble_token_${rows[0]?.hash.toString('base64url') ?? ''}`),
        });
      },
    },
    {
      name: 'a token with its last character changed',
      refusal: 'bad-token',
      record: 'request log',
      attempt: async (target) => {
        const { secret } = await makeToken(target);
        return target.attempt({ path: ENDPOINTS, headers: bearer(`${secret.slice(0, -1)}!`) });
      },
    },
    {
      name: 'a token in the address, where logs and histories would keep it',
      refusal: 'not-signed-in',
      record: 'request log',
      attempt: async (target) => {
        const { secret } = await makeToken(target);
        return target.attempt({ path: `${ENDPOINTS}?access_token=${secret}` });
      },
    },
    {
      name: 'a token as the password of basic authentication',
      refusal: 'bad-token',
      record: 'request log',
      attempt: async (target) => {
        const { secret } = await makeToken(target);
        const authorization = `Basic ${Buffer.from(`token:${secret}`).toString('base64')}`;
        return target.attempt({ path: ENDPOINTS, headers: { authorization } });
      },
    },
    {
      name: 'an enrolment token opens the API',
      refusal: 'bad-token',
      record: 'request log',
      attempt: async (target) => target.attempt({ path: ENDPOINTS, headers: bearer(await target.enrolmentToken()) }),
    },
    {
      name: 'an API token enrols an endpoint',
      refusal: 'bad-enrolment-token',
      record: 'request log',
      attempt: async (target) => enrol(target, (await makeToken(target)).secret),
    },
    {
      name: 'an enrolment token is used more often than it may be',
      refusal: 'bad-enrolment-token',
      record: 'request log',
      attempt: async (target) => {
        const operator = { organisationId: target.organisationId, name: 'tester' };
        const once = { name: 'once', maximumUses: 1 };
        const { secret } = await createEnrolmentToken(target.server.context, operator, once);
        await enrol(target, secret);
        return enrol(target, secret);
      },
    },
    {
      name: 'an enrolment token is used after its end',
      refusal: 'bad-enrolment-token',
      record: 'request log',
      attempt: async (target) => {
        const operator = { organisationId: target.organisationId, name: 'tester' };
        const short = { name: 'short', expiresInHours: 1 };
        const { secret } = await createEnrolmentToken(target.server.context, operator, short);
        target.pass(HOUR_MS + 1);
        return enrol(target, secret);
      },
    },
    {
      name: 'a token makes itself a sign-in link, which only the server’s own socket may',
      refusal: 'not-permitted',
      record: 'request log',
      attempt: async (target) => {
        const { secret } = await makeToken(target);
        return target.attempt({ method: 'POST', path: '/api/v1/sign-in-links', headers: bearer(secret) });
      },
    },
  ],
};
