import { gzipSync } from 'node:zlib';
import type { Attack, AttackFamily } from '../attack.ts';
import { roleToken } from '../target/role-token.ts';
import type { Target } from '../target/target.ts';

const JSON_TYPE = { 'content-type': 'application/json' } as const;
const API = '/api/v1';

/** A file of the server that no route gives out. */
function traversal(name: string, path: string, refusal = 'not-found'): Attack {
  return {
    name: `path traversal: ${name}`,
    refusal,
    record: 'request log',
    attempt: (target) => target.attempt({ path }),
  };
}

/** Of an endpoint that is enrolled, and hostile. */
function fromEndpoint(
  name: string,
  refusal: string,
  request: {
    readonly method: string;
    readonly path: string;
    readonly body: string | Uint8Array;
    readonly headers?: Record<string, string>;
  },
): Attack {
  return {
    name,
    refusal,
    record: 'request log',
    attempt: async (target) => {
      const agent = await target.agent(`hostile-${target.server.context.newId()}`);
      return target.traced(() => agent.send(request));
    },
  };
}

/** What the caller may not say is not heard: the row is the caller's own. */
function massAssignment(name: string, path: string, body: object, table: string): Attack {
  return {
    name: `mass assignment: ${name}`,
    refusal: 'ignored or refused',
    record: 'request log',
    attempt: async (target) => {
      const planted = '00000000-0000-7000-8000-00000000beef';
      const wanted = { id: planted, organisationId: planted, organisation_id: planted, createdBy: 'nobody', ...body };
      const { isRecorded } = await target.attempt({
        method: 'POST',
        path: API + path,
        headers: { ...(await target.signIn()), ...JSON_TYPE },
        body: JSON.stringify(wanted),
      });
      const { rows } = await target.server.context.database.pool.query(
        `select 1 from ${table} where id = $1 or organisation_id = $1`,
        [planted],
      );
      return { refusal: rows.length === 0 ? 'ignored or refused' : 'planted', isRecorded };
    },
  };
}

/** Text at which an expression that backtracks would take for ever; the answer comes before the test's time is over. */
function backtracking(name: string, path: string): Attack {
  return {
    name: `ReDoS: ${name}`,
    refusal: 'answered',
    record: 'request log',
    attempt: async (target) => {
      const answer = await target.send({ path: API + path, headers: await roleToken(target, 'owner') });
      // Others are answered meanwhile.
      const { isRecorded } = await target.attempt({ path: `${API}/nothing` });
      return { refusal: answer.status < 500 ? 'answered' : `status ${answer.status}`, isRecorded };
    },
  };
}

async function signedIn(target: Target, body: string | Uint8Array, more: Readonly<Record<string, string>> = {}) {
  const headers = { ...(await target.signIn()), ...JSON_TYPE, ...more };
  return target.attempt({ method: 'POST', path: `${API}/tokens`, headers, body });
}

const LONG = 50_000;

export const input: AttackFamily = {
  name: 'input',
  attacks: [
    traversal('a private key beside the downloads', `${API}/downloads/..%2fkeys%2forder-key.pem`),
    traversal('twice encoded', `${API}/downloads/%252e%252e%252fkeys%252forder-key.pem`),
    traversal('from the repository of agents', '/updates/..%2f..%2fkeys%2forder-key.pem'),
    traversal('from its programs', '/updates/targets/..%2f..%2f..%2fkeys%2forder-key.pem'),
    traversal('from the console', '/assets/..%2f..%2fkeys%2forder-key.pem'),
    traversal('with backslashes', '/assets/..%5c..%5ckeys%5corder-key.pem'),
    traversal('as it stands, past the console', '/../../../../etc/passwd.txt'),
    {
      name: 'a body of two megabytes',
      refusal: 'too-large',
      record: 'request log',
      attempt: (target) => signedIn(target, `{"name":"${'x'.repeat(2_000_000)}"}`),
    },
    {
      name: 'a zero byte in a name, which the database could not store',
      refusal: 'invalid-request',
      record: 'request log',
      attempt: (target) => signedIn(target, String.raw`{"name":"a\u0000b"}`),
    },
    {
      name: 'a prototype in a body',
      refusal: 'invalid-request',
      record: 'request log',
      attempt: (target) => signedIn(target, '{"name":"x","__proto__":{"permissions":["server:operate"]}}'),
    },
    {
      name: 'a body that says to be JSON in another alphabet',
      refusal: 'invalid-request',
      record: 'request log',
      attempt: (target) => signedIn(target, Buffer.from('\ufeff{"name":"x"}', 'utf16le')),
    },
    {
      name: 'another method in a header',
      refusal: 'not-found',
      record: 'request log',
      attempt: async (target) => {
        const agent = await target.agent('still-there');
        const headers = { ...(await target.signIn()), 'x-http-method-override': 'DELETE' };
        await target.send({ path: `${API}/endpoints/${agent.id}?_method=DELETE`, headers });
        const { status } = await target.call('GET', `/endpoints/${agent.id}`);
        const attempt = await target.attempt({ path: `${API}/endpoints/${agent.id}x`, headers });
        return { refusal: status === 200 ? 'not-found' : 'removed', isRecorded: attempt.isRecorded };
      },
    },
    fromEndpoint('a gzip bomb in a check-in', 'too-large', {
      method: 'POST',
      path: '/check-in',
      body: gzipSync(Buffer.alloc(60_000_000, 0x20)),
      headers: { 'content-encoding': 'gzip' },
    }),
    fromEndpoint('JSON of 20,000 levels from an endpoint', 'too-deep', {
      method: 'POST',
      path: '/check-in',
      body: '['.repeat(20_000) + ']'.repeat(20_000),
    }),
    fromEndpoint('a document under the digest of another', 'digest-mismatch', {
      method: 'PUT',
      path: `/documents/manifest/${'0'.repeat(64)}`,
      body: '{}',
    }),
    fromEndpoint('the outcome of an order that it never got', 'unknown-order', {
      method: 'PUT',
      path: '/orders/00000000-0000-7000-8000-000000000009/outcome',
      body: JSON.stringify({
        format: 1,
        orderId: '00000000-0000-7000-8000-000000000009',
        generation: 1,
        startedAt: '2026-01-01T00:00:00.000Z',
        endedAt: '2026-01-01T00:00:00.000Z',
        result: { kind: 'scanned' },
      }),
    }),
    backtracking('a search for endpoints', `/endpoints?search=${encodeURIComponent('a'.repeat(200) + '!')}`),
    backtracking(
      'a search with all that SQL has for patterns',
      `/endpoints?search=${encodeURIComponent('%_\\'.repeat(60))}`,
    ),
    backtracking('a vulnerability’s name', `/vulnerabilities/${'CVE-'.repeat(30)}`),
    {
      name: 'ReDoS: a policy of fifty thousand brackets',
      refusal: 'answered',
      record: 'request log',
      attempt: async (target) => {
        const attempt = await target.attempt({
          method: 'POST',
          path: `${API}/policies/validate`,
          headers: { ...(await target.signIn()), ...JSON_TYPE },
          body: JSON.stringify({ text: `name: ${'['.repeat(LONG)}` }),
        });
        return { refusal: attempt.refusal === 'internal' ? 'internal' : 'answered', isRecorded: attempt.isRecorded };
      },
    },
    {
      name: 'ReDoS: a policy of aliases that grow a thousandfold (billion laughs)',
      refusal: 'answered',
      record: 'request log',
      attempt: async (target) => {
        const lines = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`);
        const attempt = await target.attempt({
          method: 'POST',
          path: `${API}/policies/validate`,
          headers: { ...(await target.signIn()), ...JSON_TYPE },
          body: JSON.stringify({ text: ['a0: &a0 lol', ...lines].join('\n') }),
        });
        return { refusal: attempt.refusal === 'internal' ? 'internal' : 'answered', isRecorded: attempt.isRecorded };
      },
    },
    massAssignment('a token for another organisation', '/tokens', { name: 'x' }, 'api_token'),
    massAssignment(
      'an enrolment token for another organisation',
      '/enrolment-tokens',
      { name: 'x' },
      'enrolment_token',
    ),
    massAssignment('a freeze for another organisation', '/freezes', { reason: 'x' }, 'policy_freeze'),
    massAssignment(
      'a role for another organisation',
      '/roles',
      { name: 'x', description: '', permissions: [] },
      'access_role',
    ),
  ],
};
