import { Type, type Static } from 'typebox';
import { Architecture, Count, Label, Sha256, Timestamp, Uuid } from '../fields.ts';
import { LabelKey, LabelValue, Name } from '../policy/index.ts';

/** How long a token lives when nothing is said. */
export const ENROLMENT_TOKEN_HOURS = 7 * 24;

/** What an endpoint is given by the token with which it enrols, and from where it may. */
const Scope = {
  labels: Type.Record(LabelKey, LabelValue, { additionalProperties: false, maxProperties: 100 }),
  groups: Type.Array(Name, { maxItems: 100, uniqueItems: true }),
  /** Empty: not said. */
  site: Type.Union([Type.Literal(''), LabelValue]),
  /** CIDR blocks, `10.2.0.0/16` or `2001:db8::/32`; none: from anywhere. */
  networks: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 32 }),
  /** What enrols with it waits until a person lets it in. */
  approve: Type.Boolean(),
};

/** 422 `bad-network`. */
export const CreateEnrolmentTokenRequest = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  /** Left out: ENROLMENT_TOKEN_HOURS; null: it does not end. */
  expiresInHours: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 24 * 366 }), Type.Null()])),
  maximumUses: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  labels: Type.Optional(Scope.labels),
  groups: Type.Optional(Scope.groups),
  site: Type.Optional(Scope.site),
  networks: Type.Optional(Scope.networks),
  approve: Type.Optional(Scope.approve),
});
export type CreateEnrolmentTokenRequest = Static<typeof CreateEnrolmentTokenRequest>;

/** A token as it is listed; its secret is shown only once, in the reply to its creation. */
export const EnrolmentToken = Type.Object({
  id: Uuid,
  name: Label,
  createdAt: Timestamp,
  expiresAt: Type.Union([Timestamp, Type.Null()]),
  lastUsedAt: Type.Union([Timestamp, Type.Null()]),
  useCount: Count,
  maximumUses: Type.Union([Count, Type.Null()]),
  ...Scope,
});
export type EnrolmentToken = Static<typeof EnrolmentToken>;
export const EnrolmentTokenList = Type.Object({ items: Type.Array(EnrolmentToken) });
export type EnrolmentTokenList = Static<typeof EnrolmentTokenList>;

/** With the ready command line. */
export const CreatedEnrolmentToken = Type.Object({
  token: EnrolmentToken,
  secret: Type.String(),
  command: Type.String(),
});
export type CreatedEnrolmentToken = Static<typeof CreatedEnrolmentToken>;

/** What holds for all enrolments of an organisation. */
export const EnrolmentRules = Type.Object({
  /** Every endpoint waits until a person lets it in, whatever its token says. */
  approveEnrolments: Type.Boolean(),
});
export type EnrolmentRules = Static<typeof EnrolmentRules>;

/** An endpoint of the same machine from before: removed, or still there. */
export const FormerEndpoint = Type.Object({
  id: Uuid,
  hostname: Label,
  removedAt: Type.Union([Timestamp, Type.Null()]),
});
export type FormerEndpoint = Static<typeof FormerEndpoint>;

/** What a person compares before letting an endpoint in: the agent shows the same on the machine. */
export const WaitingEndpoint = Type.Object({
  id: Uuid,
  hostname: Label,
  os: Label,
  architecture: Architecture,
  /** Digest of its machine id. */
  machine: Sha256,
  /** From where it enrolled; null: not known. */
  address: Type.Union([Label, Type.Null()]),
  /** Fingerprint of its key: SHA-256 of the raw public key. */
  keyid: Sha256,
  token: Label,
  enrolledAt: Timestamp,
  lastSeenAt: Timestamp,
  former: Type.Union([FormerEndpoint, Type.Null()]),
});
export type WaitingEndpoint = Static<typeof WaitingEndpoint>;
export const WaitingEndpointList = Type.Object({ items: Type.Array(WaitingEndpoint), total: Count });
export type WaitingEndpointList = Static<typeof WaitingEndpointList>;

/** Lets in, or refuses, those of these that wait. */
export const AdmissionRequest = Type.Object({
  endpoints: Type.Array(Uuid, { minItems: 1, maxItems: 10_000, uniqueItems: true }),
});
export type AdmissionRequest = Static<typeof AdmissionRequest>;
export const AdmissionReply = Type.Object({ changed: Count });
export type AdmissionReply = Static<typeof AdmissionReply>;

/** Why an endpoint is quarantined or released, for the record. */
export const QuarantineRequest = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500 }) });
export type QuarantineRequest = Static<typeof QuarantineRequest>;

/** One start of one machine with the endpoint's key. Two that are alive at once are copies of each other. */
export const EndpointPlace = Type.Object({
  bootId: Label,
  /** Digest of the machine id as the agent said it; null: an older agent does not. */
  machine: Type.Union([Sha256, Type.Null()]),
  address: Label,
  firstSeenAt: Timestamp,
  lastSeenAt: Timestamp,
  /** How often it spoke again after another one had spoken. A machine that was only started anew never does. */
  returns: Count,
});
export type EndpointPlace = Static<typeof EndpointPlace>;

/** The place that keeps the endpoint's identity; the other one has to enrol anew. 409 `not-quarantined`. */
export const SeparateRequest = Type.Object({ bootId: Type.String({ minLength: 1, maxLength: 512 }) });
export type SeparateRequest = Static<typeof SeparateRequest>;

/** Who an endpoint is, and how sure that is. */
export const EndpointIdentity = Type.Object({
  machine: Sha256,
  keyid: Sha256,
  keySince: Timestamp,
  address: Type.Union([Label, Type.Null()]),
  admission: Type.Union([Type.Literal('admitted'), Type.Literal('waiting')]),
  quarantine: Type.Union([Type.Object({ at: Timestamp, reason: Label, by: Label }), Type.Null()]),
  /** The boot id of the place that is to keep the identity and has not made its new key yet. */
  keeping: Type.Union([Label, Type.Null()]),
  former: Type.Union([FormerEndpoint, Type.Null()]),
  /** Newest first. */
  places: Type.Array(EndpointPlace, { maxItems: 100 }),
});
export type EndpointIdentity = Static<typeof EndpointIdentity>;
