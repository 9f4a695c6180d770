import type { AttackFamily } from '../attack.ts';
import { sendLocally } from '../target/local.ts';
import type { Target } from '../target/target.ts';

const SESSION = '/api/v1/session';
const JSON_TYPE = { 'content-type': 'application/json' } as const;
const HOUR_MS = 3_600_000;
/** More than anybody is wrong by mistake. */
const GUESSES = 25;

/** Name of the cookie that this server gives over plain HTTP. */
const cookieName = ({ server }: Target): string => `thimble-${server.port}`;
const createToken = (headers: Readonly<Record<string, string>>, body: string) => ({
  method: 'POST',
  path: '/api/v1/tokens',
  headers,
  body,
});

export const sessions: AttackFamily = {
  name: 'sessions',
  attacks: [
    {
      name: 'fixation: a session id that was planted before the victim signed in',
      refusal: 'not-signed-in',
      record: 'request log',
      attempt: async (target) => {
        const planted = `${cookieName(target)}=${'A'.repeat(43)}`;
        const { cookie } = await target.signIn();
        if (cookie === planted) throw new Error('the server took the planted id');
        return target.attempt({ path: SESSION, headers: { cookie: planted } });
      },
    },
    {
      name: 'a session that was signed out is used again',
      refusal: 'not-signed-in',
      record: 'request log',
      attempt: async (target) => {
        const headers = await target.signIn();
        await target.send({ method: 'DELETE', path: SESSION, headers });
        return target.attempt({ path: SESSION, headers });
      },
    },
    {
      name: 'a session is used after its hours',
      refusal: 'not-signed-in',
      record: 'request log',
      attempt: async (target) => {
        const headers = await target.signIn();
        target.pass((target.server.context.settings.sessionHours + 1) * HOUR_MS);
        return target.attempt({ path: SESSION, headers });
      },
    },
    {
      name: 'the hash of a session, read from a stolen database, is sent as a cookie',
      refusal: 'not-signed-in',
      record: 'request log',
      attempt: async (target) => {
        await target.signIn();
        const { rows } = await target.server.context.database.pool.query<{ hash: Buffer }>(
          'select secret_hash as hash from session order by created_at desc limit 1',
        );
        const cookie = `${cookieName(target)}=${rows[0]?.hash.toString('base64url') ?? ''}`;
        return target.attempt({ path: SESSION, headers: { cookie } });
      },
    },
    {
      name: 'a cookie with one character changed',
      refusal: 'not-signed-in',
      record: 'request log',
      attempt: async (target) => {
        const { cookie = '' } = await target.signIn();
        const changed = cookie.replace(/=(.)/, (_, first: string) => (first === 'A' ? '=B' : '=A'));
        return target.attempt({ path: SESSION, headers: { cookie: changed } });
      },
    },
    {
      name: 'a sign-in link is used a second time',
      refusal: 'bad-link',
      record: 'request log',
      attempt: async (target) => {
        const link = await linkOf(target);
        const use = { method: 'POST', path: SESSION, headers: JSON_TYPE, body: JSON.stringify({ link }) };
        await target.send(use);
        return target.attempt(use);
      },
    },
    {
      name: 'a sign-in link is used a day later',
      refusal: 'bad-link',
      record: 'request log',
      attempt: async (target) => {
        const link = await linkOf(target);
        target.pass(24 * HOUR_MS);
        return target.attempt({ method: 'POST', path: SESSION, headers: JSON_TYPE, body: JSON.stringify({ link }) });
      },
    },
    {
      name: 'sign-in links are guessed',
      refusal: 'too-many-attempts',
      record: 'request log',
      attempt: async (target) => {
        target.pass(HOUR_MS);
        const guess = (number: number) => ({
          method: 'POST',
          path: SESSION,
          headers: JSON_TYPE,
          body: JSON.stringify({ link: `guess-${String(number).padStart(40, '0')}` }),
        });
        for (let number = 0; number < GUESSES; number += 1) await target.send(guess(number));
        const last = await target.attempt(guess(GUESSES));
        // Then nobody remembers them, and others can sign in again from this address.
        target.pass(25 * HOUR_MS);
        return last;
      },
    },
    ...(['https://evil.example', 'null', 'http://localhost:1'] as const).map((origin) => ({
      name: `CSRF: a page of ${origin} makes a browser send the session`,
      refusal: 'cross-origin',
      record: 'request log' as const,
      attempt: async (target: Target) => {
        const headers = { ...(await target.signIn()), ...JSON_TYPE, origin };
        return target.attempt(createToken(headers, '{"name":"planted"}'));
      },
    })),
    {
      name: 'CSRF: a page on another port of the same host',
      refusal: 'cross-origin',
      record: 'request log',
      attempt: async (target) => {
        const headers = { ...(await target.signIn()), ...JSON_TYPE, 'sec-fetch-site': 'same-site' };
        return target.attempt(createToken(headers, '{"name":"planted"}'));
      },
    },
    {
      name: 'CSRF: a form that needs no preflight, with JSON as its text',
      refusal: 'invalid-request',
      record: 'request log',
      attempt: async (target) => {
        const headers = { ...(await target.signIn()), 'content-type': 'text/plain' };
        return target.attempt(createToken(headers, '{"name":"planted"}'));
      },
    },
    {
      name: 'CORS: a page of another site asks whether it may read answers',
      refusal: 'no permission to read',
      record: 'request log',
      attempt: async (target) => {
        const headers = { ...(await target.signIn()), origin: 'https://evil.example' };
        const { isRecorded } = await target.attempt({
          method: 'OPTIONS',
          path: '/api/v1/endpoints',
          headers: { ...headers, 'access-control-request-method': 'GET' },
        });
        const answer = await target.send({ path: '/api/v1/endpoints', headers });
        const allowed = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
        return { refusal: allowed.length === 0 ? 'no permission to read' : allowed.join(), isRecorded };
      },
    },
  ],
};

async function linkOf({ server }: Target): Promise<string> {
  const { url } = await sendLocally<{ url: string }>(server.socketPath, 'POST', '/api/v1/sign-in-links');
  return url.split('#')[1] ?? '';
}
