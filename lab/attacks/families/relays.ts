import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attack, AttackFamily, Attempt } from '../attack.ts';
import { generateSigningKey, type SigningKey } from '@thimble/protocol/signing';
import { bearer, frozenContent, ticketFor } from '../target/content.ts';
import { hello, registerRelay } from '../target/relay.ts';
import { type RunningRelay, startRelay } from '../target/running-relay.ts';
import { codeOf, type Sent } from '../target/request.ts';
import type { Target } from '../target/target.ts';

/** Somebody who can reach a relay, which knows who may read from its server's last word alone. */
function atRelay(
  name: string,
  refusal: string,
  request: (target: Target, content: Awaited<ReturnType<typeof frozenContent>>) => Promise<Sent> | Sent,
): Attack {
  return {
    name: `at a relay: ${name}`,
    refusal,
    record: 'relay status',
    attempt: (target) =>
      withRelay(target, target.server.url, async (relay) => {
        const content = await frozenContent(target);
        const good = await relay.send({ path: content.own.address, headers: bearer(ticketFor(target)) });
        if (good.status !== 200) throw new Error(`the relay does not serve: ${good.status}`);
        const answer = await relay.send(await request(target, content));
        const { requests, refused } = relay.status();
        return { refusal: codeOf(answer), isRecorded: requests === 1 && refused === 1 };
      }),
  };
}

/** Whoever stands between a relay and its server, or has stolen the server's content, sends other bytes. */
function poisoned(name: string, refusal: string, sent: (genuine: Buffer) => Buffer): Attack {
  return {
    name: `between server and relay: ${name}`,
    refusal,
    record: 'relay status',
    attempt: (target) =>
      withRelay(target, null, async (relay) => {
        const bytes = randomBytes(20_000);
        const taken = await relay.fetchAltered(bytes, sent(bytes));
        const { objects } = relay.status();
        return {
          refusal: taken === 'broken' && objects === 0 ? 'not passed on' : `passed on: ${taken}, ${objects} kept`,
          isRecorded: relay.said().some((what) => /SHA-256/.test(what)),
        };
      }),
  };
}

/** Somebody speaks to the server as a relay. */
function asRelay(name: string, refusal: string, request: (target: Target) => Promise<Sent>): Attack {
  return {
    name: `as a relay: ${name}`,
    refusal,
    record: 'request log',
    attempt: async (target) => target.attempt(await request(target)),
  };
}

async function withRelay(
  target: Target,
  upstream: string | null,
  use: (relay: RunningRelay) => Promise<Attempt>,
): Promise<Attempt> {
  const directory = await mkdtemp(join(tmpdir(), 'thimble-attacked-relay-'));
  try {
    const relay = await startRelay(
      directory,
      upstream === null ? null : { url: upstream, token: await registerRelay(target) },
    );
    try {
      return await use(relay);
    } finally {
      await relay.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const ticket = (target: Target, change: Parameters<typeof ticketFor>[1], key?: SigningKey) =>
  bearer(ticketFor(target, change, key));

export const relays: AttackFamily = {
  name: 'relays',
  attacks: [
    atRelay('no ticket', 'unauthorised', (_, { own }) => ({ path: own.address })),
    atRelay('no ticket, by digest', 'unauthorised', (_, { own }) => ({ path: `/content/objects/${own.sha256}` })),
    atRelay('a ticket that the attacker signed', 'unauthorised', (target, { own }) => ({
      path: own.address,
      headers: ticket(target, {}, generateSigningKey()),
    })),
    atRelay('an old ticket, replayed', 'unauthorised', (target, { own }) => ({
      path: own.address,
      headers: ticket(target, { issuedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-08T00:00:00.000Z' }),
    })),
    atRelay('a genuine ticket of an organisation that it does not serve', 'wrong-organisation', (target, { own }) => ({
      path: own.address,
      headers: ticket(target, { organisationId: target.server.context.newId() }),
    })),
    atRelay('a file of another organisation', 'not-found', (target, { theirs }) => ({
      path: theirs.address,
      headers: ticket(target, {}),
    })),
    atRelay('a relay’s own token, as a client', 'unauthorised', async (target, { own }) => ({
      path: own.address,
      headers: bearer(await registerRelay(target)),
    })),
    atRelay('a path out of its folder', 'unsafe-path', (target, { own }) => ({
      path: `${own.address}/../../../../relay.db`,
      headers: ticket(target, {}),
    })),
    atRelay('an encoded path out of its folder', 'unsafe-path', (target, { own }) => ({
      path: `${own.address}%2f..%2f..%2frelay.db`,
      headers: ticket(target, {}),
    })),
    atRelay('a digest that is a path', 'not-found', (target) => ({
      path: '/content/objects/../relay.db',
      headers: ticket(target, {}),
    })),
    atRelay('the server’s other addresses, through it', 'not-found', (target) => ({
      path: '/api/v1/endpoints',
      headers: ticket(target, {}),
    })),
    atRelay('an address of somewhere else, as of a proxy', 'not-found', (target) => ({
      path: 'http://169.254.169.254/latest',
      headers: ticket(target, {}),
    })),
    atRelay('a file is to be replaced', 'method-not-allowed', (target, { own }) => ({
      method: 'PUT',
      path: own.address,
      headers: ticket(target, {}),
      body: 'evil',
    })),
    poisoned('bytes that were changed', 'not passed on', (bytes) =>
      Buffer.concat([Buffer.from('X'), bytes.subarray(1)]),
    ),
    poisoned('another file of the same size', 'not passed on', (bytes) => randomBytes(bytes.length)),
    asRelay('with a token that nobody made', 'not-a-relay', async () => hello(`thimble_relay_${'A'.repeat(43)}`)),
    asRelay('with an operator’s token', 'not-a-relay', async (target) => hello(await apiToken(target))),
    asRelay('with a ticket', 'not-a-relay', async (target) => hello(ticketFor(target))),
    asRelay('that was removed', 'not-a-relay', async (target) => {
      const token = await registerRelay(target);
      const { json } = await target.call('GET', '/content/relays');
      const newest = (json as { items: { id: string; createdAt: string }[] }).items.toSorted((a, b) =>
        b.createdAt.localeCompare(a.createdAt),
      );
      await target.call('DELETE', `/content/relays/${newest[0]?.id}`);
      return hello(token);
    }),
    asRelay('a relay’s token on a route of people', 'bad-token', async (target) => ({
      path: '/api/v1/endpoints',
      headers: bearer(await registerRelay(target)),
    })),
    asRelay('a relay’s token on a route of endpoints', 'signature-missing', async (target) => ({
      method: 'POST',
      path: '/api/v1/agent/check-in',
      headers: { ...bearer(await registerRelay(target)), 'content-type': 'application/json' },
      body: '{}',
    })),
    {
      name: 'as a relay: it reports what another organisation has used',
      refusal: 'not counted',
      record: 'request log',
      attempt: async (target) => {
        const token = await registerRelay(target);
        const organisationId = target.server.context.newId();
        const row = { hour: '2026-11-22T10:00:00.000Z', organisationId, site: null, revisionId: null };
        const usage = [{ ...row, requests: 9, hits: 9, servedBytes: 9, fetchedBytes: 9 }];
        const { isRecorded } = await target.traced(() => target.send(hello(token, { usage })));
        const { rows } = await target.server.context.database.pool.query(
          'select from content_usage where requests = 9',
        );
        return { refusal: rows.length === 0 ? 'not counted' : 'counted', isRecorded };
      },
    },
  ],
};

async function apiToken(target: Target): Promise<string> {
  const { json } = await target.call('POST', '/tokens', { name: 'script' });
  return (json as { secret?: string }).secret ?? 'thimble_token_none';
}
