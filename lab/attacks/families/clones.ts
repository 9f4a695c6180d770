import { generateSigningKey } from '@thimble/protocol/signing';
import { FakeAgent, type FakeReply } from '@thimble/server/testing';
import type { Attack, AttackFamily } from '../attack.ts';
import { codeOf } from '../target/request.ts';
import type { Target } from '../target/target.ts';

/** An endpoint, and another machine with a copy of its disk. */
interface Scene {
  readonly target: Target;
  readonly agent: FakeAgent;
  readonly copy: FakeAgent;
  /** A check-in with the next number, as real agents take it after a refusal names one. */
  readonly inTurn: (who: FakeAgent) => Promise<FakeReply>;
  readonly next: () => number;
}

let made = 0;

async function scene(target: Target): Promise<Scene> {
  made += 1;
  const agent = await target.agent(`copied-${made}`);
  const copy = new FakeAgent(target.server.url, agent.hostname, { key: agent.key });
  Object.assign(copy, { machine: agent.machine, enrolled: agent.enrolled, clock: agent.clock });
  copy.system = { ...agent.system, bootId: `boot-of-the-copy-${made}` };
  let sequence = 1_000;
  const next = (): number => (sequence += 1);
  const inTurn = (who: FakeAgent) =>
    who.send({ method: 'POST', path: '/check-in', body: who.checkInBody(), sequence: next() });
  return { target, agent, copy, inTurn, next };
}

/** The server notices that there are two, gives neither anything more, and tells people. */
function noticed(name: string, act: (scene: Scene) => Promise<void>): Attack {
  return {
    name,
    refusal: 'quarantined',
    record: 'evidence',
    attempt: async (target) => {
      const given = await scene(target);
      await act(given);
      const { json } = await given.inTurn(given.agent);
      const { standing } = json as { standing?: { kind: string } };
      const { text } = await target.call('GET', `/evidence?endpointId=${given.agent.id}`);
      return { refusal: standing?.kind ?? 'nobody noticed', isRecorded: text.includes('"endpoint-quarantined"') };
    },
  };
}

/** What a copy, or whoever has an old key, asks for. */
function refused(name: string, refusal: string, act: (scene: Scene) => Promise<FakeReply>): Attack {
  return {
    name,
    refusal,
    record: 'request log',
    attempt: async (target) => {
      const given = await scene(target);
      return target.traced(() => act(given));
    },
  };
}

async function quarantined({ agent, copy, inTurn }: Scene): Promise<void> {
  for (const who of [agent, copy, agent, copy]) await inTurn(who);
}

async function rotated({ agent, next }: Scene): Promise<FakeAgent['key']> {
  const former = agent.key;
  const key = generateSigningKey();
  await agent.offerKey(key, { sequence: next() });
  agent.key = key;
  await agent.send({ method: 'POST', path: '/key/confirm', sequence: next() });
  return former;
}

export const clones: AttackFamily = {
  name: 'clones',
  attacks: [
    noticed('two machines with one key, each with its own boot', quarantined),
    noticed('a copied memory: two machines with one boot', async ({ agent, copy, next }) => {
      copy.system = agent.system;
      for (let round = 0; round < 6; round += 1) {
        const sequence = next();
        for (const who of [agent, copy])
          await who.send({ method: 'POST', path: '/check-in', body: who.checkInBody(), sequence });
      }
    }),
    noticed('a stolen key on a machine with another id', async ({ copy, inTurn }) => {
      copy.machine = 'f'.repeat(64);
      await inTurn(copy);
    }),
    {
      name: 'a copy asks for the orders of the endpoint',
      refusal: 'no orders',
      record: 'evidence',
      attempt: async (target) => {
        const given = await scene(target);
        await target.call('POST', `/endpoints/${given.agent.id}/scan`);
        await quarantined(given);
        const path = `/orders?after=0&wait=0`;
        const reply = await given.copy.send({ method: 'GET', path, sequence: given.next() });
        const { orders = [] } = reply.json as { orders?: readonly unknown[] };
        const { text } = await target.call('GET', `/evidence?endpointId=${given.agent.id}`);
        return {
          refusal: orders.length === 0 ? 'no orders' : codeOf(reply),
          isRecorded: text.includes('"endpoint-quarantined"'),
        };
      },
    },
    refused('a copy asks for a ticket to content', 'endpoint-quarantined', async (given) => {
      await quarantined(given);
      return given.copy.send({ method: 'POST', path: '/content', sequence: given.next() });
    }),
    refused('a copy makes itself the real one by a new key', 'endpoint-quarantined', async (given) => {
      await quarantined(given);
      return given.copy.offerKey(generateSigningKey(), { sequence: given.next() });
    }),
    refused('a copy that was separated goes on', 'key-replaced', async (given) => {
      await quarantined(given);
      const { target, agent, copy, next, inTurn } = given;
      await target.call('POST', `/endpoints/${agent.id}/separate`, { bootId: agent.system.bootId });
      await inTurn(agent);
      const key = generateSigningKey();
      await agent.offerKey(key, { sequence: next() });
      agent.key = key;
      await agent.send({ method: 'POST', path: '/key/confirm', sequence: next() });
      return inTurn(copy);
    }),
    refused('a key from before is used again', 'key-replaced', async (given) => {
      given.copy.key = await rotated(given);
      return given.inTurn(given.copy);
    }),
    refused('a key from before is offered again', 'key-taken', async (given) => {
      const former = await rotated(given);
      return given.agent.offerKey(former, { sequence: given.next() });
    }),
    refused('the key of another endpoint is offered', 'key-taken', async ({ target, agent, next }) => {
      const other = await target.agent(`copied-other-${made}`);
      return agent.offerKey(other.key, { sequence: next() });
    }),
    refused(
      'a key is offered that the endpoint does not hold',
      'bad-key-statement',
      async ({ target, agent, next }) => {
        const { key } = await target.agent(`copied-other-${made}`);
        const forged = { ...generateSigningKey(), publicKey: key.publicKey, keyid: key.keyid };
        return agent.offerKey(forged, { sequence: next() });
      },
    ),
    refused('a key is confirmed that nobody offered', 'unknown-endpoint', async ({ agent, next }) => {
      agent.key = generateSigningKey();
      return agent.send({ method: 'POST', path: '/key/confirm', sequence: next() });
    }),
  ],
};
