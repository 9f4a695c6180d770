import { Type, type Static } from 'typebox';
import { Count, LIMITS, PackageName, PackageVersion, Prose, Sha256, Timestamp, Uuid, Architecture } from '../fields.ts';
import { Block, ContentSource } from './content.ts';
import { DeployRules, RebootConsent, TrialRules } from './deploy.ts';
import { Transaction } from './transaction.ts';

/** Which of the pending updates to take. */
export const Selection = Type.Union([
  Type.Object({ kind: Type.Literal('security') }),
  Type.Object({ kind: Type.Literal('all') }),
  Type.Object({
    kind: Type.Literal('packages'),
    packages: Type.Array(
      Type.Object({
        name: PackageName,
        architecture: Type.Optional(Architecture),
        /** Left out: the endpoint's candidate. */
        version: Type.Optional(PackageVersion),
      }),
      { minItems: 1, maxItems: LIMITS.changesPerTransaction },
    ),
  }),
]);
export type Selection = Static<typeof Selection>;

/** Left out: from the endpoint's own repositories. */
const content = Type.Optional(ContentSource);
/** What must not be installed, whatever the selection or the approval says. Left out: nothing. */
const blocks = Type.Optional(Type.Array(Block, { maxItems: 1000 }));

/** What an order asks for. There is no free command: an endpoint does these things or nothing. */
export const OrderBody = Type.Union([
  Type.Object({ kind: Type.Literal('scan') }),
  Type.Object({ kind: Type.Literal('plan'), selection: Selection, content, blocks }),
  Type.Object({
    kind: Type.Literal('apply'),
    transaction: Transaction,
    /** SHA-256 of `transactionIdentity(transaction)`: what the approver saw. */
    transactionDigest: Sha256,
    /** Restart the units that still use replaced code afterwards. */
    restartServices: Type.Boolean(),
    content,
    blocks,
    /** Left out: nothing but the transaction. */
    deploy: Type.Optional(DeployRules),
  }),
  /** Does the transaction on a throw-away clone of the endpoint; the endpoint itself stays as it is. */
  Type.Object({
    kind: Type.Literal('trial'),
    transaction: Transaction,
    transactionDigest: Sha256,
    content,
    blocks,
    rules: TrialRules,
  }),
  Type.Object({
    kind: Type.Literal('rollback'),
    /** The apply order that is undone. */
    undoes: Uuid,
    /** The inverse of what that order did, exact like any transaction. */
    transaction: Transaction,
    transactionDigest: Sha256,
    restartServices: Type.Boolean(),
  }),
  /** Fetches and checks everything that the transaction needs, ahead of its window; changes nothing else. */
  Type.Object({
    kind: Type.Literal('pre-stage'),
    transaction: Transaction,
    transactionDigest: Sha256,
    content: ContentSource,
    blocks,
    /** For this endpoint's downloads; null: no limit. */
    bytesPerSecond: Type.Union([Count, Type.Null()]),
  }),
  Type.Object({ kind: Type.Literal('restart-services') }),
  Type.Object({
    kind: Type.Literal('reboot'),
    reason: Prose,
    /** Left out: at once. */
    consent: Type.Optional(RebootConsent),
    /** Asked after the machine is up again. */
    checks: Type.Optional(DeployRules.properties.checks),
  }),
]);
export type OrderBody = Static<typeof OrderBody>;
export type OrderKind = OrderBody['kind'];

/** A signed instruction to one endpoint (the payload of a DSSE envelope). */
export const Order = Type.Object({
  format: Type.Literal(1),
  id: Uuid,
  organisationId: Uuid,
  endpointId: Uuid,
  /** Strictly increasing for each endpoint: an endpoint refuses what is not newer than the newest it accepted. */
  generation: Count,
  issuedAt: Timestamp,
  /** An endpoint refuses to start the order after this. */
  expiresAt: Timestamp,
  runId: Type.Union([Uuid, Type.Null()]),
  /** Under which `ApprovalStatement` it is done; it comes beside the order. Left out: under none. */
  approvalId: Type.Optional(Uuid),
  body: OrderBody,
});
export type Order = Static<typeof Order>;

export const ORDER_PAYLOAD_TYPE = 'application/vnd.thimble.order+json';

/** Dead Simple Signing Envelope 1.0: `payload` and `sig` are base64. */
export const Envelope = Type.Object({
  payloadType: Type.String({ maxLength: 128 }),
  payload: Type.String({ maxLength: LIMITS.documentBytes }),
  signatures: Type.Array(
    Type.Object({ keyid: Type.String({ maxLength: 128 }), sig: Type.String({ maxLength: 1024 }) }),
    {
      minItems: 1,
      maxItems: 16,
    },
  ),
});
export type Envelope = Static<typeof Envelope>;
