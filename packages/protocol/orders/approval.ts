import { Type, type Static } from 'typebox';
import { Count, Label, Sha256, Timestamp, Uuid } from '../fields.ts';
import { Envelope } from './order.ts';

/**
 * Approvers are people whose keys the *endpoints* know. An endpoint that has a set of them does nothing that changes
 * anything without signatures of `threshold` different people of it, whoever owns the server.
 */

/** Base64url without padding. */
const Base64Url = Type.String({ maxLength: 4096, pattern: '^[A-Za-z0-9_-]+$' });

/**
 * `file`: an Ed25519 key in a file (`thimble approve`), the raw 32 bytes. `passkey`: a WebAuthn credential; its key is
 * SubjectPublicKeyInfo in DER, ES256 (P-256), EdDSA or RS256, and its signature is an assertion for `rpId`.
 */
export const ApproverKey = Type.Union([
  Type.Object({ kind: Type.Literal('file'), keyid: Sha256, publicKey: Base64Url }),
  Type.Object({
    kind: Type.Literal('passkey'),
    /** SHA-256 of the public key's bytes, as with files. */
    keyid: Sha256,
    publicKey: Base64Url,
    credentialId: Base64Url,
    rpId: Label,
    /** Where the console may be when it asks for the signature, such as https://patch.example.org. */
    origins: Type.Array(Label, { minItems: 1, maxItems: 8 }),
  }),
]);
export type ApproverKey = Static<typeof ApproverKey>;

/** One person may have several keys, and is still one: two signatures of one person count once. */
export const Approver = Type.Object({
  id: Uuid,
  name: Label,
  keys: Type.Array(ApproverKey, { minItems: 1, maxItems: 8 }),
});
export type Approver = Static<typeof Approver>;

/** Payload of an envelope. Version 1 is pinned; any later one is signed by a threshold of the version before. */
export const ApproverSet = Type.Object({
  format: Type.Literal(1),
  kind: Type.Literal('approver-set'),
  organisationId: Uuid,
  version: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  /** SHA-256 of the payload of the version before; null: this is the first. */
  previous: Type.Union([Sha256, Type.Null()]),
  /** 0: nothing needs approvers' signatures any more. */
  threshold: Type.Integer({ minimum: 0, maximum: 32 }),
  /** So many of these signatures are by key files. Left out: none has to be, and 0 is not another spelling of that. */
  keyFilesAtLeast: Type.Optional(Type.Integer({ minimum: 1, maximum: 32 })),
  approvers: Type.Array(Approver, { maxItems: 64 }),
  issuedAt: Timestamp,
});
export type ApproverSet = Static<typeof ApproverSet>;

/** What an endpoint may be told to do besides looking: everything that changes something. */
export const ApprovedAction = Type.Union([
  Type.Literal('trial'),
  Type.Literal('apply'),
  /**
   * Beside `apply`: back to the state before a transaction of this approval, exactly, and to no other. Without it: the
   * listed transactions are ways back themselves.
   */
  Type.Literal('rollback'),
  /** Also for an `apply` or `rollback` whose order says `restartServices`. */
  Type.Literal('restart-services'),
  Type.Literal('reboot'),
]);
export type ApprovedAction = Static<typeof ApprovedAction>;

/**
 * What approvers sign: these transactions, on these endpoints, from this content, in this time. Canonical JSON; its
 * digest is what people compare.
 */
export const ApprovalStatement = Type.Object({
  format: Type.Literal(1),
  kind: Type.Literal('approval'),
  id: Uuid,
  organisationId: Uuid,
  runId: Uuid,
  /** For people who look at what they sign. */
  title: Label,
  /** null: the endpoints' own repositories. */
  snapshotId: Type.Union([Uuid, Type.Null()]),
  /** Each transaction with the endpoints on which it may be done. */
  transactions: Type.Array(
    Type.Object({ transactionDigest: Sha256, endpointIds: Type.Array(Uuid, { minItems: 1, maxItems: 100_000 }) }),
    { maxItems: 10_000 },
  ),
  /** For actions that have no transaction (`restart-services`, `reboot`): these endpoints, and those of the transactions. */
  endpointIds: Type.Array(Uuid, { maxItems: 100_000 }),
  actions: Type.Array(ApprovedAction, { minItems: 1, uniqueItems: true }),
  notBefore: Timestamp,
  expiresAt: Timestamp,
});
export type ApprovalStatement = Static<typeof ApprovalStatement>;

/** Ends everything that has not begun (`stop`), or lets orders be taken again (`go-on`). */
export const HaltStatement = Type.Object({
  format: Type.Literal(1),
  kind: Type.Literal('halt'),
  organisationId: Uuid,
  /**
   * Grows with each; an endpoint ignores what is not newer. Without a threshold of approvers it may be at most
   * `HALT_SEQUENCE_STEPS` above what the endpoint has: a stolen key must not use the numbers up.
   */
  sequence: Count,
  action: Type.Union([Type.Literal('stop'), Type.Literal('go-on')]),
  reason: Label,
  issuedAt: Timestamp,
});
export type HaltStatement = Static<typeof HaltStatement>;

/** More than an endpoint misses in its life. */
export const HALT_SEQUENCE_STEPS = 1000;
/** So many with a threshold, after a server lost count: nobody who signs an end looks at its number, and it must not be the last one. */
export const HALT_SEQUENCE_STEPS_BY_APPROVERS = 1_000_000;

/**
 * One signature over a statement's bytes. `file`: Ed25519 over the pre-authentication encoding of DSSE. `passkey`: an
 * assertion (Web Authentication level 3, section 7.2) whose challenge is SHA-256 of that encoding.
 */
export const ApproverSignature = Type.Union([
  Type.Object({ kind: Type.Literal('file'), keyid: Sha256, signature: Base64Url }),
  Type.Object({
    kind: Type.Literal('passkey'),
    keyid: Sha256,
    authenticatorData: Base64Url,
    clientDataJson: Base64Url,
    signature: Base64Url,
  }),
]);
export type ApproverSignature = Static<typeof ApproverSignature>;

/** A statement with what was signed so far: to be approved, or, with enough signatures, to be shown to endpoints. */
export const SignedStatement = Type.Object({
  payloadType: Type.String({ maxLength: 128 }),
  /** Base64 of the statement's canonical JSON. */
  payload: Type.String({ maxLength: 16 * 1024 * 1024 }),
  signatures: Type.Array(ApproverSignature, { maxItems: 64 }),
});
export type SignedStatement = Static<typeof SignedStatement>;

export const APPROVAL_PAYLOAD_TYPE = 'application/vnd.thimble.approval+json';
export const APPROVER_SET_PAYLOAD_TYPE = 'application/vnd.thimble.approver-set+json';
export const HALT_PAYLOAD_TYPE = 'application/vnd.thimble.halt+json';
/** Keys that sign orders, signed by a key of the list before: how endpoints follow a new order key. */
export const ORDER_KEYS_PAYLOAD_TYPE = 'application/vnd.thimble.order-keys+json';
/** The server's clock, signed by an order key: an endpoint that has not heard one for long says so. */
export const SERVER_TIME_PAYLOAD_TYPE = 'application/vnd.thimble.server-time+json';

/** Payload: the order keys from now on. `sequence` grows; endpoints pin the newest. */
export const OrderKeyList = Type.Object({
  format: Type.Literal(1),
  kind: Type.Literal('order-keys'),
  organisationId: Type.Union([Uuid, Type.Null()]),
  sequence: Count,
  keys: Type.Array(Type.Object({ keyid: Sha256, publicKey: Base64Url }), { minItems: 1, maxItems: 8 }),
  issuedAt: Timestamp,
});
export type OrderKeyList = Static<typeof OrderKeyList>;

/** Payload: what time it is at the server, said to one endpoint. */
export const ServerTime = Type.Object({ time: Timestamp, endpointId: Uuid });
export type ServerTime = Static<typeof ServerTime>;

/** What an endpoint has of all this, told at each check-in: the server answers with what is newer. 0: nothing yet. */
export const TrustHeld = Type.Object({
  approverSetVersion: Count,
  /** SHA-256 of the set's payload: equal versions must be equal sets. Left out: it has none. */
  approverSetSha256: Type.Optional(Sha256),
  orderKeysSequence: Count,
  /** The key of that list that signs: lists of equal numbers are not always the same list. Left out by older agents. */
  orderKeyid: Type.Optional(Sha256),
  /** A server that was restored from a backup goes on above the highest that it is told. */
  haltSequence: Count,
  /** Orders and news that were not accepted since enrolment, by why: many where there were none is an attack. */
  refused: Type.Optional(
    Type.Array(Type.Object({ code: Type.String({ maxLength: 64 }), count: Count }), { maxItems: 64 }),
  ),
});
export type TrustHeld = Static<typeof TrustHeld>;

/** What an endpoint gets to know besides orders: with the reply to a check-in, and with held requests for orders. */
export const TrustNews = Type.Object({
  /** The approver sets after the one that the endpoint said it has, oldest first. */
  approverSets: Type.Array(SignedStatement, { maxItems: 64 }),
  /** The lists of order keys after the one that it has. */
  orderKeys: Type.Array(Envelope, { maxItems: 64 }),
  /** The newest statement, in an envelope when the order key signed it; null: nobody ever stopped this organisation. */
  halt: Type.Union([SignedStatement, Envelope, Type.Null()]),
  /** Payload: `ServerTime`. */
  serverTime: Envelope,
});
export type TrustNews = Static<typeof TrustNews>;
