import { generateSigningKey } from '@thimble/protocol/signing';
import { FakeAgent, type FakeRequest } from '@thimble/server/testing';
import type { Attack, AttackFamily } from '../attack.ts';
import type { Target } from '../target/target.ts';

type Signed = Parameters<NonNullable<FakeRequest['tamper']>>[0];
let made = 0;

async function victim(target: Target): Promise<FakeAgent> {
  made += 1;
  return target.agent(`victim-${made}`);
}

const checkIn = (agent: FakeAgent, more: Partial<FakeRequest> = {}) =>
  agent.send({ method: 'POST', path: '/check-in', body: agent.checkInBody(), ...more });

/** Somebody on the way changes the signature's own headers. */
function altered(name: string, refusal: string, change: (headers: Record<string, string>) => void): Attack {
  return {
    name,
    refusal,
    record: 'request log',
    attempt: async (target) => {
      const agent = await victim(target);
      const tamper = (signed: Signed): Signed => {
        const headers = { ...signed.headers };
        change(headers);
        return { ...signed, headers };
      };
      return target.traced(() => checkIn(agent, { tamper }));
    },
  };
}

const rewrite = (from: string | RegExp, to: string) => (headers: Record<string, string>) => {
  headers['signature-input'] = (headers['signature-input'] ?? '').replace(from, to);
};

export const endpoints: AttackFamily = {
  name: 'endpoints',
  attacks: [
    altered('signature stripping: the signature is taken off a request', 'signature-missing', (headers) => {
      delete headers['signature'];
      delete headers['signature-input'];
    }),
    altered('signature stripping: only its description is left', 'signature-missing', (headers) => {
      delete headers['signature'];
    }),
    altered('algorithm confusion: the description says HMAC', 'signature-malformed', rewrite('ed25519', 'hmac-sha256')),
    altered('algorithm confusion: the description says none', 'signature-malformed', rewrite('"ed25519"', '"none"')),
    altered(
      'fewer covered components: the body is left out of what is signed',
      'signature-malformed',
      rewrite(' "content-digest"', ''),
    ),
    altered(
      'other covered components: the address is exchanged for a header',
      'signature-malformed',
      rewrite('"@path"', '"x-path"'),
    ),
    altered('a second signature of another label beside the first', 'signature-malformed', rewrite(/^/, 'other=(),')),
    altered('a signature for another purpose', 'signature-malformed', rewrite('thimble-agent-v1', 'thimble-relay-v1')),
    altered('the sequence is raised without signing again', 'signature-invalid', rewrite(/main:\d+/, 'main:999999')),
    altered('the lane is exchanged without signing again', 'signature-invalid', rewrite('main:', 'held:')),
    {
      name: 'the body is exchanged on the way',
      refusal: 'digest-mismatch',
      record: 'request log',
      attempt: async (target) => {
        const agent = await victim(target);
        const tamper = (signed: Signed): Signed => ({ ...signed, body: Buffer.from('{}') });
        return target.traced(() => checkIn(agent, { tamper }));
      },
    },
    {
      name: 'one endpoint speaks in the name of another',
      refusal: 'signature-invalid',
      record: 'request log',
      attempt: async (target) => {
        const [agent, other] = [await victim(target), await victim(target)];
        const tamper = (signed: Signed): Signed => {
          const headers = { ...signed.headers };
          rewrite(agent.key.keyid, other.key.keyid)(headers);
          return { ...signed, headers };
        };
        return target.traced(() => checkIn(agent, { tamper, sequence: 500 }));
      },
    },
    {
      name: 'replay: a captured request is sent again',
      refusal: 'stale-sequence',
      record: 'request log',
      attempt: async (target) => {
        const agent = await victim(target);
        await checkIn(agent, { sequence: 100 });
        return target.traced(() => checkIn(agent, { sequence: 100 }));
      },
    },
    {
      name: 'replay: a captured request is sent many times at once',
      refusal: 'accepted once',
      record: 'request log',
      attempt: async (target) => {
        const agent = await victim(target);
        let accepted = 0;
        const { isRecorded } = await target.traced(async () => {
          const replies = await Promise.all(Array.from({ length: 12 }, () => checkIn(agent, { sequence: 100 })));
          accepted = replies.filter(({ status }) => status === 200).length;
          return { status: 409, json: undefined };
        });
        return { refusal: accepted === 1 ? 'accepted once' : `accepted ${accepted} times`, isRecorded };
      },
    },
    {
      name: 'a captured request is sent after ten minutes, which its lane has not seen',
      refusal: 'clock-skew',
      record: 'request log',
      attempt: async (target) => {
        const agent = await victim(target);
        const created = Math.floor(target.now().getTime() / 1000) - 600;
        return target.traced(() => checkIn(agent, { created, sequence: 900 }));
      },
    },
    {
      name: 'a request that was signed for the future',
      refusal: 'clock-skew',
      record: 'request log',
      attempt: async (target) => {
        const agent = await victim(target);
        const created = Math.floor(target.now().getTime() / 1000) + 600;
        return target.traced(() => checkIn(agent, { created }));
      },
    },
    {
      name: 'a key that nobody enrolled',
      refusal: 'unknown-endpoint',
      record: 'request log',
      attempt: async (target) => {
        const stranger = new FakeAgent(target.server.url, 'stranger', { key: generateSigningKey() });
        stranger.clock = target.now;
        return target.traced(() => checkIn(stranger));
      },
    },
    {
      name: 'an endpoint that was removed goes on',
      refusal: 'endpoint-removed',
      record: 'request log',
      attempt: async (target) => {
        const agent = await victim(target);
        await target.call('DELETE', `/endpoints/${agent.id}`);
        return target.traced(() => checkIn(agent));
      },
    },
    {
      name: 'an enrolment names a key that it does not hold',
      refusal: 'signature-invalid',
      record: 'request log',
      attempt: async (target) => {
        const [agent, other] = [new FakeAgent(target.server.url, 'a'), new FakeAgent(target.server.url, 'b')];
        agent.clock = target.now;
        const body = other.enrolRequest(await target.enrolmentToken());
        return target.traced(() => agent.send({ method: 'POST', path: '/enrol', body }));
      },
    },
    {
      name: 'another machine enrols with the key of one that is enrolled',
      refusal: 'already-enrolled',
      record: 'request log',
      attempt: async (target) => {
        const agent = await victim(target);
        const twin = new FakeAgent(target.server.url, 'twin', { key: agent.key });
        twin.clock = target.now;
        const body = twin.enrolRequest(await target.enrolmentToken());
        return target.traced(() => twin.send({ method: 'POST', path: '/enrol', body, sequence: 5_000 }));
      },
    },
    {
      name: 'an operator’s session on a route of agents',
      refusal: 'signature-missing',
      record: 'request log',
      attempt: async (target) =>
        target.attempt({
          method: 'POST',
          path: '/api/v1/agent/check-in',
          headers: { ...(await target.signIn()), 'content-type': 'application/json' },
          body: '{}',
        }),
    },
    {
      name: 'an endpoint’s signature on a route of operators',
      refusal: 'not-signed-in',
      record: 'request log',
      attempt: async (target) => {
        const agent = await victim(target);
        let captured: Record<string, string> = {};
        const tamper = (signed: Signed): Signed => {
          captured = signed.headers;
          return signed;
        };
        await checkIn(agent, { tamper });
        return target.attempt({ path: '/api/v1/endpoints', headers: captured });
      },
    },
  ],
};
