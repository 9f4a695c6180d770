import { setTimeout as sleep } from 'node:timers/promises';
import type { TicketClaims } from '@thimble/protocol';
import { generateSigningKey, signEnvelope } from '@thimble/protocol/signing';
import type { Attack, AttackFamily } from '../attack.ts';
import { bearer, frozenContent, type FrozenContent, ticketFor } from '../target/content.ts';
import { printOrder } from '../target/real-agent.ts';
import type { Sent } from '../target/request.ts';
import { roleToken } from '../target/role-token.ts';
import type { Target } from '../target/target.ts';

/** Somebody asks for a frozen file with what is no ticket to it. */
function withSecret(name: string, refusal: string, secret: (target: Target) => Promise<string> | string): Attack {
  return asked(name, refusal, async (target, { own }) => ({
    path: own.address,
    headers: bearer(await secret(target)),
  }));
}

/** Somebody asks for what no ticket opens. */
function asked(
  name: string,
  refusal: string,
  request: (target: Target, content: FrozenContent) => Promise<Sent> | Sent,
): Attack {
  return {
    name,
    refusal,
    record: 'request log',
    attempt: async (target) => {
      const content = await frozenContent(target);
      // What is attacked is there, and whoever may read it does.
      const { status } = await target.send({ path: content.own.address, headers: bearer(ticketFor(target)) });
      if (status !== 200) throw new Error(`the file that is attacked is not served: ${status}`);
      return target.attempt(await request(target, content));
    },
  };
}

/** A good ticket to an address that two programs could read in two ways. */
function address(name: string, refusal: string, path: (content: FrozenContent) => string): Attack {
  return asked(`an address with ${name}`, refusal, (target, content) => ({
    path: path(content),
    headers: bearer(ticketFor(target)),
  }));
}

/** A ticket of which only the claims were exchanged. */
const widened = (target: Target, change: Partial<TicketClaims>): string => {
  const [, keyid, signature] = ticketFor(target).split('.');
  const [payload] = ticketFor(target, change).split('.');
  return `${payload}.${keyid}.${signature}`;
};

const TRIES = 100;
const PAUSE_MS = 50;

/** What was taken back is told to all servers on a database; it counts when they hear of it, within moments. @returns the ticket */
async function heard(target: Target, ticket: string): Promise<string> {
  const { own } = await frozenContent(target);
  for (let tried = 0; tried < TRIES; tried += 1) {
    const { status } = await target.send({ path: own.address, headers: bearer(ticket) });
    if (status === 401) break;
    await sleep(PAUSE_MS);
  }
  return ticket;
}

export const content: AttackFamily = {
  name: 'content',
  attacks: [
    asked('no ticket', 'unauthorised', (_, { own }) => ({ path: own.address })),
    asked('no ticket, by digest', 'unauthorised', (_, { own }) => ({ path: `/content/objects/${own.sha256}` })),
    withSecret('a ticket that the attacker signed', 'unauthorised', (target) =>
      ticketFor(target, {}, generateSigningKey()),
    ),
    withSecret('a ticket that the attacker signed under the name of the server’s key', 'unauthorised', (target) =>
      ticketFor(target, {}, { ...generateSigningKey(), keyid: target.server.context.orderKey.keyid }),
    ),
    withSecret('a ticket that has expired', 'unauthorised', (target) =>
      ticketFor(target, { issuedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-08T00:00:00.000Z' }),
    ),
    withSecret('a ticket that was signed for the future', 'unauthorised', (target) =>
      ticketFor(target, { issuedAt: new Date(target.now().getTime() + 3_600_000).toISOString() }),
    ),
    withSecret('widened: a ticket with a later end', 'unauthorised', (target) =>
      widened(target, { expiresAt: '2099-01-01T00:00:00.000Z' }),
    ),
    withSecret('widened: a ticket with another organisation', 'unauthorised', (target) =>
      widened(target, { organisationId: target.server.context.newId() }),
    ),
    withSecret('two spellings: a ticket with a bit more behind its signature', 'unauthorised', (target) => {
      const ticket = ticketFor(target);
      return `${ticket}A`;
    }),
    withSecret('type confusion: an order under the server’s key as a ticket', 'unauthorised', (target) => {
      const { payload, payloadType } = printOrder({ organisationId: target.organisationId });
      const { payload: printed, signatures } = signEnvelope(payloadType, payload, [target.server.context.orderKey]);
      const [signature] = signatures;
      const url = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      return `${url(printed)}.${signature?.keyid ?? ''}.${url(signature?.sig ?? '')}`;
    }),
    withSecret('the ticket of an endpoint that was removed', 'unauthorised', async (target) => {
      const agent = await target.agent('gone');
      const { json } = await agent.send({ method: 'POST', path: '/content' });
      await target.call('DELETE', `/endpoints/${agent.id}`);
      return heard(target, (json as { ticket: string }).ticket);
    }),
    withSecret('the ticket of an endpoint in quarantine', 'unauthorised', async (target) => {
      const agent = await target.agent('suspect');
      const { json } = await agent.send({ method: 'POST', path: '/content' });
      await target.call('POST', `/endpoints/${agent.id}/quarantine`, { reason: 'it behaves strangely' });
      return heard(target, (json as { ticket: string }).ticket);
    }),
    withSecret('an enrolment token as a ticket', 'unauthorised', (target) => target.enrolmentToken()),
    withSecret('a token that may not read content', 'unauthorised', async (target) => {
      const { json } = await target.call('POST', '/roles', {
        name: 'endpoints alone',
        description: '',
        permissions: ['endpoints:read'],
      });
      const { authorization } = await roleToken(target, (json as { id: string }).id);
      return (authorization ?? '').slice('Bearer '.length);
    }),
    asked('a person’s session', 'unauthorised', async (target, { own }) => ({
      path: own.address,
      headers: await target.signIn(),
    })),
    asked('the snapshot of another organisation', 'not-found', (target, { theirs }) => ({
      path: theirs.address,
      headers: bearer(ticketFor(target)),
    })),
    asked('a file of another organisation by its digest', 'not-found', (target, { theirs }) => ({
      path: `/content/objects/${theirs.sha256}`,
      headers: bearer(ticketFor(target)),
    })),
    asked('whether another organisation has a file, by HEAD', 'status 404', (target, { theirs }) => ({
      method: 'HEAD',
      path: theirs.address,
      headers: bearer(ticketFor(target)),
    })),
    asked('whether another organisation has a file, by a condition', 'not-found', (target, { theirs }) => ({
      path: theirs.address,
      headers: { ...bearer(ticketFor(target)), 'if-none-match': `"${theirs.sha256}"` },
    })),
    asked('a file is to be replaced', 'method-not-allowed', (target, { own }) => ({
      method: 'PUT',
      path: own.address,
      headers: bearer(ticketFor(target)),
      body: 'evil',
    })),
    address('a path out of the store', 'unsafe-path', ({ own }) => `${own.address}/../../../../keys/order-key.pem`),
    address(
      'an encoded path out of the store',
      'unsafe-path',
      ({ own }) => `${own.address}/%2e%2e/%2e%2e/order-key.pem`,
    ),
    address('an encoded slash', 'unsafe-path', ({ own }) => `${own.address}%2f..%2forder-key.pem`),
    address('a backslash', 'unsafe-path', ({ own }) => `${own.address}/..%5c..%5corder-key.pem`),
    address('a zero byte', 'unsafe-path', ({ own }) => `${own.address}%00.deb`),
    address('a digest that is a path', 'not-found', () => '/content/objects/..%2f..%2fkeys'),
    address('a digest in capitals', 'not-found', ({ own }) => `/content/objects/${own.sha256.toUpperCase()}`),
    address('a revision that is SQL', 'not-found', () => "/content/revisions/'%20or%20true--/pool/a.deb"),
  ],
};
