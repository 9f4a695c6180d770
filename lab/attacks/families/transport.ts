import { makeCertificates } from '@thimble/agent/testing';
import type { Attack, AttackFamily, Attempt } from '../attack.ts';
import { type Network, startNetwork } from '../target/network.ts';
import { sendRaw, statusesOf } from '../target/raw.ts';
import { enrolRealAgent } from '../target/real-agent.ts';
import type { Target } from '../target/target.ts';

const other = makeCertificates();

/** An endpoint that is enrolled meets somebody else at its server's address. */
function intercepted(name: string, refusal: string, takeOver: (network: Network) => void): Attack {
  return {
    name,
    refusal,
    record: 'agent error',
    attempt: (target) =>
      onNetwork(target, async (network) => {
        const agent = await enrolRealAgent(target, network.url);
        try {
          await agent.run();
          takeOver(network);
          await agent.run();
          const { trouble } = await agent.status();
          const said = agent.said.find((line) => line.startsWith('the server could not be talked to')) ?? '';
          if (network.overheard() > 0) return { refusal: 'it spoke with the attacker', isRecorded: false };
          return { refusal: /\((\S+)\)/.exec(said)?.[1] ?? 'nothing', isRecorded: trouble !== null };
        } finally {
          await agent.remove();
        }
      }),
  };
}

/** A machine that has only the fingerprint from its administrator meets somebody else when it enrols. */
function enrolmentIntercepted(name: string, refusal: string, takeOver: (network: Network) => void): Attack {
  return {
    name,
    refusal,
    record: 'agent error',
    attempt: (target) =>
      onNetwork(target, async (network) => {
        takeOver(network);
        try {
          const agent = await enrolRealAgent(target, network.url);
          await agent.remove();
          return { refusal: 'enrolled', isRecorded: false };
        } catch (error) {
          const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
          return { refusal: network.overheard() > 0 ? 'the token was overheard' : code, isRecorded: true };
        }
      }),
  };
}

async function onNetwork(target: Target, use: (network: Network) => Promise<Attempt>): Promise<Attempt> {
  const network = await startNetwork(target.server.port);
  try {
    return await use(network);
  } finally {
    await network.close();
  }
}

const SMUGGLED = 'GET /api/v1/session HTTP/1.1\r\nhost: localhost\r\nx-smuggled: yes\r\nconnection: close\r\n\r\n';

/** Two programs in a row would read one stream differently: the first answer is the last. */
function smuggled(name: string, head: string, body: string): Attack {
  return {
    name: `header smuggling: ${name}`,
    refusal: 'one answer, 400',
    record: 'request log',
    attempt: async (target) => {
      let statuses: readonly number[] = [];
      const { isRecorded } = await target.traced(async () => {
        statuses = statusesOf(await sendRaw(target.server.port, `${head}\r\n\r\n${body}`));
        return { status: 400, json: undefined };
      });
      return {
        refusal: statuses.length === 1 ? `one answer, ${statuses[0]}` : `${statuses.length} answers`,
        isRecorded,
      };
    },
  };
}

const POST = 'POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json';
const CHUNK = `5\r\n"xxx"\r\n0\r\n\r\n${SMUGGLED}`;

export const transport: AttackFamily = {
  name: 'transport',
  attacks: [
    intercepted('MITM: another authority vouches for the server’s name', 'untrusted', (network) =>
      network.hijack(other.server),
    ),
    intercepted('downgrade: the server’s address answers without TLS', 'unreachable', (network) =>
      network.hijack('plain'),
    ),
    enrolmentIntercepted(
      'MITM at enrolment: another authority than the fingerprint says',
      'fingerprint-mismatch',
      (network) => network.hijack(other.server),
    ),
    {
      name: 'downgrade: an enrolment over plain HTTP',
      refusal: 'bad-server-url',
      record: 'agent error',
      attempt: async (target) =>
        enrolRealAgent(target, target.server.url).then(
          () => ({ refusal: 'enrolled', isRecorded: false }),
          (error: unknown) => ({
            refusal: error instanceof Error && 'code' in error ? String(error.code) : String(error),
            isRecorded: true,
          }),
        ),
    },
    smuggled('length and chunks (CL.TE)', `${POST}\r\ncontent-length: 5\r\ntransfer-encoding: chunked`, CHUNK),
    smuggled('chunks and length (TE.CL)', `${POST}\r\ntransfer-encoding: chunked\r\ncontent-length: 5`, CHUNK),
    smuggled('two lengths', `${POST}\r\ncontent-length: 5\r\ncontent-length: 50`, `"xxx"${SMUGGLED}`),
    smuggled('a length with a sign', `${POST}\r\ncontent-length: +5`, `"xxx"${SMUGGLED}`),
    smuggled('a blank before the colon', `${POST}\r\ntransfer-encoding : chunked`, CHUNK),
    smuggled('an encoding nobody knows', `${POST}\r\ntransfer-encoding: xchunked`, CHUNK),
    smuggled('a line that goes on in the next', `${POST}\r\nx-a: b\r\n transfer-encoding: chunked`, SMUGGLED),
    smuggled('a header without a name', `${POST}\r\n: value`, SMUGGLED),
    smuggled(
      'a chunk with a length that overflows',
      `${POST}\r\ntransfer-encoding: chunked`,
      `FFFFFFFFFFFFFFFFF\r\n${SMUGGLED}`,
    ),
    {
      name: 'Host: a link in an answer is to lead to the attacker',
      refusal: 'ignored',
      record: 'evidence',
      attempt: async (target) => {
        const { cookie = '' } = await target.signIn();
        const headers = { cookie, host: 'evil.example', 'x-forwarded-host': 'evil.example' };
        const { text } = await target.send({
          method: 'POST',
          path: '/api/v1/enrolment-tokens',
          headers: { ...headers, 'content-type': 'application/json' },
          body: '{"name":"host"}',
        });
        return {
          refusal: text.includes('evil.example') ? text : 'ignored',
          isRecorded: await recordedToken(target),
        };
      },
    },
    {
      name: 'DNS rebinding: a page whose name now leads to this machine',
      refusal: 'not-signed-in',
      record: 'request log',
      attempt: (target) => {
        const name = `evil.example:${target.server.port}`;
        return target.attempt({
          method: 'POST',
          path: '/api/v1/sign-in-links',
          headers: { host: name, origin: `http://${name}` },
        });
      },
    },
  ],
};

async function recordedToken({ server }: Target): Promise<boolean> {
  const { rows } = await server.context.database.pool.query(`select 1 from evidence where kind = 'token-created'`);
  return rows.length > 0;
}
