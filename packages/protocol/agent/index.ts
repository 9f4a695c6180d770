import { Type, type Static } from 'typebox';
import { Architecture, Count, Label, LIMITS, Sha256, Timestamp, Uuid } from '../fields.ts';
import { DocumentKind } from '../documents/index.ts';
import { Envelope, OrderProgress, SignedStatement, TrustHeld, TrustNews } from '../orders/index.ts';

/**
 * What an agent says to the server, all under `/api/v1/agent`. Each request but the download of the agent itself is
 * signed with the endpoint's key (RFC 9421, see `signing/http-signature.ts`).
 *
 *     POST /enrol                      EnrolRequest → EnrolReply; the signature's keyid is the new key's thumbprint
 *     POST /check-in                   CheckInRequest → CheckInReply
 *     POST /key                        OfferKeyRequest → 204: a new key of the endpoint's own, offered with the present one
 *     POST /key/confirm                → 204; signed with the new key, which replaces the other from then on
 *     PUT  /documents/:kind/:sha256    the canonical JSON of a document (Content-Encoding gzip allowed) → 204
 *     GET  /orders?wait=SECONDS        → OrdersReply; held until there is an order or a cancellation, or time is up
 *     POST /orders/:id/progress        ProgressRequest → 204
 *     POST /content                    → AgentContentReply: a ticket for content, and where to go with it
 *     PUT  /orders/:id/outcome         Outcome → 204; the same outcome again is 204 too, another one is 409
 */
export const AGENT_API = '/api/v1/agent';

export * from './own-key.ts';

/** A name as machines have it: no spaces, no markup, nothing that writes from right to left. */
export const HostName = Type.String({ pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$' });
const Word = Type.String({ maxLength: 64, pattern: '^[A-Za-z0-9._+~-]*$' });

export const EnrolRequest = Type.Object({
  token: Type.String({ minLength: 16, maxLength: 256 }),
  /** Ed25519, raw 32 bytes, base64url without padding. */
  publicKey: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  hostname: HostName,
  /** SHA-256 of /etc/machine-id with an application's prefix (machine-id(5) asks not to give it away as it is). */
  machine: Sha256,
  os: Type.Object({ id: Word, versionId: Word }),
  architecture: Architecture,
  agentVersion: Word,
});
export type EnrolRequest = Static<typeof EnrolRequest>;

/** A public key that signs orders; `keyid` is its thumbprint. */
export const OrderKey = Type.Object({ keyid: Sha256, publicKey: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) });
export type OrderKey = Static<typeof OrderKey>;

export const EnrolReply = Type.Object({
  endpointId: Uuid,
  organisationId: Uuid,
  organisationName: Label,
  /** Pinned by the endpoint: orders that these did not sign are refused. */
  orderKeys: Type.Array(OrderKey, { minItems: 1, maxItems: 8 }),
  /** Of the list that these are: lists after it are followed. Left out: 0, they are the first. */
  orderKeysSequence: Type.Optional(Count),
  checkInIntervalSeconds: Count,
  /** A person has to let it in first. */
  waiting: Type.Optional(Type.Boolean()),
  /** Left out by servers that know nothing of approvers. */
  trust: Type.Optional(TrustNews),
});
export type EnrolReply = Static<typeof EnrolReply>;

export const CheckInRequest = Type.Object({
  agentVersion: Label,
  bootId: Label,
  /** As at enrolment; left out by older agents, and where the machine has no id. */
  machine: Type.Optional(Sha256),
  /** Digests of the canonical JSON of the endpoint's present documents; null: not determined yet. */
  documents: Type.Object({
    manifest: Type.Union([Sha256, Type.Null()]),
    system: Type.Union([Sha256, Type.Null()]),
    updates: Type.Union([Sha256, Type.Null()]),
    /** Left out by agents that do not know this document. */
    repositories: Type.Optional(Type.Union([Sha256, Type.Null()])),
  }),
  /** The newest generation that the endpoint accepted. */
  generation: Count,
  /** Orders accepted and not finished. */
  activeOrders: Type.Array(Uuid, { maxItems: 16 }),
  /** The last version of the agent that did not work on this endpoint; left out: none was given up. */
  agentUpdate: Type.Optional(
    Type.Object({ givenUp: Type.Object({ version: Label, reason: Type.String({ maxLength: 500 }) }) }),
  ),
  /** It has the root of a repository of agents, so it takes new versions; left out: it does not. */
  takesUpdates: Type.Optional(Type.Boolean()),
  /** Left out by agents that know nothing of approvers: such an endpoint does what the order key signed. */
  trust: Type.Optional(TrustHeld),
});
export type CheckInRequest = Static<typeof CheckInRequest>;

export const CheckInReply = Type.Object({
  /** Documents that the server does not have: the endpoint sends them with PUT. */
  wanted: Type.Array(DocumentKind, { maxItems: 4 }),
  checkInIntervalSeconds: Count,
  /** Orders wait: fetch them. */
  ordersWaiting: Type.Boolean(),
  serverTime: Timestamp,
  /** The endpoint may look for a new version of the agent: a hint, the endpoint itself decides what it takes. */
  agentUpdate: Type.Optional(Type.Boolean()),
  /** Why it gets neither orders nor content; left out: it does. */
  standing: Type.Optional(
    Type.Union([
      Type.Object({ kind: Type.Literal('waiting') }),
      Type.Object({ kind: Type.Literal('quarantined'), reason: Label }),
    ]),
  ),
  /** Its key is old enough to be changed, or has to be: a hint, the endpoint makes the new one. */
  rotateKey: Type.Optional(Type.Boolean()),
  trust: Type.Optional(TrustNews),
});
export type CheckInReply = Static<typeof CheckInReply>;

export const OrdersReply = Type.Object({
  /** Signed orders without an outcome yet, oldest generation first; an endpoint ignores those that it knows. */
  orders: Type.Array(Envelope, { maxItems: 16 }),
  /** Orders that shall end before their point of no return. */
  cancellations: Type.Array(Uuid, { maxItems: 64 }),
  /** The approvals that these orders name, with their signatures. */
  approvals: Type.Optional(Type.Array(SignedStatement, { maxItems: 16 })),
  /** As with a check-in, so that a stop arrives at once. */
  trust: Type.Optional(TrustNews),
});
export type OrdersReply = Static<typeof OrdersReply>;

export const ProgressRequest = Type.Object({
  events: Type.Array(OrderProgress, { minItems: 1, maxItems: LIMITS.progressEventsPerRequest }),
});
export type ProgressRequest = Static<typeof ProgressRequest>;
