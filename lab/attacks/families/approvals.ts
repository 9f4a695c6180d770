import { pinApproverSet } from '@thimble/agent';
import { TRANSACTION } from '@thimble/agent/testing';
import {
  APPROVAL_PAYLOAD_TYPE,
  type ApprovalStatement,
  APPROVER_SET_PAYLOAD_TYPE,
  type ApproverSet,
  canonicalJson,
  HALT_PAYLOAD_TYPE,
  type Order,
  ORDER_PAYLOAD_TYPE,
  SERVER_TIME_PAYLOAD_TYPE,
  type ServerTime,
  type SignedStatement,
  type TrustNews,
} from '@thimble/protocol';
import { signEnvelope, transactionSha256 } from '@thimble/protocol/signing';
import { makeApproverSet, makeKeyFile, makePasskey, signed, type TestApprover } from '@thimble/protocol/testing';
import type { Attack, AttackFamily } from '../attack.ts';
import { outcomeOf, plantOrder } from '../target/plant-order.ts';
import { enrolRealAgent, orderFor, printOrder, type RealAgent } from '../target/real-agent.ts';
import { type Added, stealServer } from '../target/stolen-server.ts';
import type { Target } from '../target/target.ts';

/**
 * An endpoint that knows its approvers: two of four have to sign, one of them by key file. The server with all its keys belongs to the
 * attacker.
 */
interface Scene {
  readonly target: Target;
  readonly agent: RealAgent;
  /** With a key file, a passkey, a key file, a passkey. */
  readonly people: readonly [TestApprover, TestApprover, TestApprover, TestApprover];
  readonly set: ApproverSet;
  /** Of the order below, and of nothing else. */
  readonly approval: ApprovalStatement;
}

const sign = (approval: ApprovalStatement, ...people: readonly TestApprover[]): SignedStatement =>
  signed(approval, APPROVAL_PAYLOAD_TYPE, people);

/**
 * What people give away who only sign in by passkey at the stolen console: an assertion over whatever challenge it gives, and here that is
 * the digest of what the thief wants. (Our sign-in takes such an assertion: `packages/server/approvals/passkey-oracle.test.ts`.)
 */
const signInsOver = signed;

function approvalFor(target: Target, agent: RealAgent): ApprovalStatement {
  const { context } = target.server;
  const nowMs = target.now().getTime();
  return {
    format: 1,
    kind: 'approval',
    id: context.newId(),
    organisationId: target.organisationId,
    runId: context.newId(),
    title: 'as asked',
    snapshotId: null,
    transactions: [{ transactionDigest: transactionSha256(TRANSACTION), endpointIds: [agent.endpointId] }],
    endpointIds: [],
    actions: ['apply', 'restart-services'],
    notBefore: new Date(nowMs - 60_000).toISOString(),
    expiresAt: new Date(nowMs + 3_600_000).toISOString(),
  };
}

/** An order under the stolen key, with what the attacker says of approvals. */
function refused(
  name: string,
  refusal: string,
  say: (scene: Scene) => Added & { readonly order?: Partial<Order> },
): Attack {
  return {
    name,
    refusal,
    record: 'order outcome',
    attempt: async (target) => {
      const stolen = await stealServer(target);
      const agent = await enrolRealAgent(target, stolen.url);
      try {
        const people = [makeKeyFile(), makePasskey(), makeKeyFile(), makePasskey()] as const;
        const keys = people.map((person) => [person]);
        const set = { ...makeApproverSet(target.organisationId, 2, keys), keyFilesAtLeast: 1 };
        await pinApproverSet(agent.stateDirectory, Buffer.from(canonicalJson(set)));
        const approval = approvalFor(target, agent);
        const { order: change = {}, ...added } = say({ target, agent, people, set, approval });
        stolen.add = added;
        const order = { ...orderFor(target, agent), approvalId: approval.id, ...change };
        const envelope = signEnvelope(ORDER_PAYLOAD_TYPE, printOrder(order).payload, [target.server.context.orderKey]);
        await plantOrder(target, agent, envelope, { id: order.id, generation: order.generation });
        await agent.run();
        const outcome = await outcomeOf(target, order.id);
        if (agent.installed() > 0) return { refusal: 'installed', isRecorded: outcome !== undefined };
        return {
          refusal: outcome?.kind === 'refused' ? outcome.code : (outcome?.kind ?? 'no answer'),
          isRecorded: outcome !== undefined,
        };
      } finally {
        await agent.remove();
        await stolen.close();
      }
    },
  };
}

export const approvals: AttackFamily = {
  name: 'approvals',
  attacks: [
    refused('stolen server: no approval', 'approval-missing', () => ({ approvals: [] })),
    refused('stolen server: an approval of another name beside the order', 'approval-missing', (scene) => ({
      approvals: [sign({ ...scene.approval, id: scene.target.server.context.newId() }, ...scene.people)],
    })),
    refused('threshold: one approver alone', 'approval-missing', ({ approval, people: [a] }) => ({
      approvals: [sign(approval, a)],
    })),
    refused('threshold: one approver twice', 'approval-missing', ({ approval, people: [a] }) => ({
      approvals: [sign(approval, a, a)],
    })),
    refused('threshold: one approver in two statements', 'approval-missing', ({ approval, people: [a, b] }) => ({
      approvals: [sign(approval, a), sign(approval, b)],
    })),
    refused('forged: signatures of people whom the endpoint does not know', 'approval-missing', ({ approval }) => ({
      approvals: [sign(approval, makeKeyFile(), makePasskey())],
    })),
    refused(
      'forged: the approvers’ key ids with other signatures',
      'approval-missing',
      ({ approval, people: [a, b] }) => {
        const good = sign(approval, a, b);
        const forger = sign(approval, makeKeyFile(), makePasskey());
        const signatures = forger.signatures.map((each, at) => ({ ...each, keyid: good.signatures[at]?.keyid ?? '' }));
        return { approvals: [{ ...good, signatures }] };
      },
    ),
    refused(
      'altered: another statement under genuine signatures',
      'approval-missing',
      ({ approval, people: [a, b] }) => {
        const other = sign({ ...approval, actions: ['reboot'] }, a, b);
        return { approvals: [{ ...other, payload: sign(approval, a, b).payload }] };
      },
    ),
    refused(
      'type confusion: signatures over a stop, shown as an approval',
      'approval-missing',
      ({ approval, people: [a, b] }) => {
        const stop = signed(approval, HALT_PAYLOAD_TYPE, [a, b]);
        return { approvals: [{ ...stop, payloadType: APPROVAL_PAYLOAD_TYPE }] };
      },
    ),
    refused('an approval of another transaction', 'approval-invalid', ({ approval, agent, people: [a, b] }) => {
      const transactions = [{ transactionDigest: 'f'.repeat(64), endpointIds: [agent.endpointId] }];
      return { approvals: [sign({ ...approval, transactions }, a, b)] };
    }),
    refused('an approval for another endpoint', 'approval-invalid', ({ approval, target, people: [a, b] }) => {
      const transactions = approval.transactions.map((each) => ({
        ...each,
        endpointIds: [target.server.context.newId()],
      }));
      return { approvals: [sign({ ...approval, transactions }, a, b)] };
    }),
    refused('an approval of another organisation', 'approval-invalid', ({ approval, target, people: [a, b] }) => ({
      approvals: [sign({ ...approval, organisationId: target.server.context.newId() }, a, b)],
    })),
    refused('an approval of another action', 'approval-invalid', ({ approval, people: [a, b] }) => ({
      approvals: [sign({ ...approval, actions: ['trial'] }, a, b)],
    })),
    refused('an approval that is over', 'approval-invalid', ({ approval, people: [a, b] }) => ({
      approvals: [
        sign({ ...approval, expiresAt: '2026-01-02T00:00:00.000Z', notBefore: '2026-01-01T00:00:00.000Z' }, a, b),
      ],
    })),
    refused('a next set of approvers that the attacker signed', 'approval-missing', (scene) => {
      const { approval, set, target } = scene;
      const own = [makeKeyFile(), makeKeyFile()];
      const next = makeApproverSet(
        target.organisationId,
        2,
        own.map((person) => [person]),
        set,
      );
      const news = newsOf(scene, signed(next, APPROVER_SET_PAYLOAD_TYPE, own));
      return { trust: news, approvals: [sign(approval, ...own)] };
    }),
    refused('a next set without any threshold, signed by one approver', 'approval-missing', (scene) => {
      const { set, target, people } = scene;
      const none = makeApproverSet(target.organisationId, 0, [], set);
      return { trust: newsOf(scene, signed(none, APPROVER_SET_PAYLOAD_TYPE, [people[0]])) };
    }),
    refused('a sign-in taken for an approval, of two people', 'approval-missing', ({ approval, people }) => ({
      approvals: [signInsOver(approval, APPROVAL_PAYLOAD_TYPE, [people[1], people[3]])],
    })),
    refused('a sign-in taken for an approval, of two people and one of them twice', 'approval-missing', (scene) => {
      const { approval, people } = scene;
      const approvals = [signInsOver(approval, APPROVAL_PAYLOAD_TYPE, [people[1], people[3], people[1]])];
      return { approvals };
    }),
    refused('a sign-in under the key id of a key file', 'approval-missing', ({ approval, people }) => {
      const taken = signInsOver(approval, APPROVAL_PAYLOAD_TYPE, [people[1], people[3]]);
      const [first, second] = taken.signatures;
      if (first === undefined || second === undefined) throw new Error('two people signed in');
      return { approvals: [{ ...taken, signatures: [first, second, { ...second, keyid: people[0].key.keyid }] }] };
    }),
    refused('a sign-in taken for a next set that demands no key file', 'approval-missing', (scene) => {
      const { approval, set, target, people } = scene;
      const passkeys = [people[1], people[3]];
      const keys = passkeys.map((person) => [person]);
      const next = makeApproverSet(target.organisationId, 2, keys, set);
      return {
        trust: newsOf(scene, signInsOver(next, APPROVER_SET_PAYLOAD_TYPE, passkeys)),
        approvals: [signInsOver(approval, APPROVAL_PAYLOAD_TYPE, passkeys)],
      };
    }),
    refused('an older set of approvers, with people who have gone', 'approval-missing', (scene) => {
      const { set, approval, target } = scene;
      const gone = [makeKeyFile(), makeKeyFile()];
      const old = {
        ...makeApproverSet(
          target.organisationId,
          2,
          gone.map((person) => [person]),
        ),
        version: set.version,
      };
      return {
        trust: newsOf(scene, signed(old, APPROVER_SET_PAYLOAD_TYPE, gone)),
        approvals: [sign(approval, ...gone)],
      };
    }),
  ],
};

/** What a server tells of trust, with a next set; the time is genuine. */
function newsOf({ target: { server, now }, agent }: Scene, approverSet: SignedStatement): TrustNews {
  const time: ServerTime = { time: now().toISOString(), endpointId: agent.endpointId };
  const serverTime = signEnvelope(SERVER_TIME_PAYLOAD_TYPE, Buffer.from(canonicalJson(time)), [
    server.context.orderKey,
  ]);
  return { approverSets: [approverSet], orderKeys: [], halt: null, serverTime };
}
