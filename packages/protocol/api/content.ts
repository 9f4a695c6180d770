import { Type, type Static } from 'typebox';
import { RepositoryFormatId } from '../documents/repositories.ts';
import { Count, Label, Prose, Timestamp, Uuid } from '../fields.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Address = Type.String({ minLength: 1, maxLength: 2048 });
const Labels = Type.Array(Label, { maxItems: 64 });

export const CreateBlockRequest = Type.Object({
  /** A binary package, or with `source: true` all packages that are built from this source. */
  name: Label,
  source: Type.Optional(Type.Boolean()),
  version: Label,
  architecture: Type.Optional(Label),
  reason: Type.String({ minLength: 1, maxLength: 2000 }),
});
export type CreateBlockRequest = Static<typeof CreateBlockRequest>;

export const BlockSummary = Type.Object({
  id: Uuid,
  name: Label,
  source: Type.Boolean(),
  version: Label,
  architecture: orNull(Label),
  reason: Prose,
  createdAt: Timestamp,
  createdBy: Label,
  liftedAt: orNull(Timestamp),
  liftedBy: orNull(Label),
  /** Binary packages that it covers, as repositories and endpoints know them. */
  packages: Labels,
  /** Where it is installed already. */
  installedOn: Type.Array(Type.Object({ endpointId: Uuid, hostname: Label })),
  installedCount: Count,
  /** Orders that it stopped when it was made. */
  stoppedOrders: Count,
  /** Orders past their point of no return when it was made. */
  tooLateOrders: Count,
});
export type BlockSummary = Static<typeof BlockSummary>;
export const BlockList = Type.Object({ items: Type.Array(BlockSummary), total: Count });
export type BlockList = Static<typeof BlockList>;

export const RelaySummary = Type.Object({
  id: Uuid,
  name: Label,
  site: orNull(Label),
  /** CIDR blocks whose endpoints it serves. */
  networks: Labels,
  /** null: it has not said hello yet. */
  url: orNull(Address),
  version: orNull(Label),
  createdAt: Timestamp,
  lastSeenAt: orNull(Timestamp),
  online: Type.Boolean(),
  cacheBytes: Count,
  cacheLimitBytes: Count,
  objectCount: Count,
  freeBytes: orNull(Count),
  requests: Count,
  hits: Count,
  servedBytes: Count,
  fetchedBytes: Count,
});
export type RelaySummary = Static<typeof RelaySummary>;
export const RelayList = Type.Object({ items: Type.Array(RelaySummary), total: Count });
export type RelayList = Static<typeof RelayList>;

export const CreateRelayRequest = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  site: Type.Optional(Label),
  networks: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64 })),
});
export type CreateRelayRequest = Static<typeof CreateRelayRequest>;

/** The token is shown this once; `command` starts the relay with it. */
export const CreatedRelay = Type.Object({ relay: RelaySummary, token: Type.String(), command: Prose });
export type CreatedRelay = Static<typeof CreatedRelay>;

export const SavingsQuery = Type.Object({
  by: Type.Optional(
    Type.Union([
      Type.Literal('time'),
      Type.Literal('snapshot'),
      Type.Literal('repository'),
      Type.Literal('relay'),
      Type.Literal('site'),
    ]),
  ),
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 730 })),
});
export type SavingsQuery = Static<typeof SavingsQuery>;

/** Bytes that crossed the Internet link, and bytes that endpoints got. */
export const Savings = Type.Object({
  upstreamBytes: Count,
  servedBytes: Count,
  /** Of `servedBytes`, by relays. */
  relayedBytes: Count,
  requests: Count,
  hits: Count,
  items: Type.Array(
    Type.Object({
      /** A day (`2026-11-22`), or the id. */
      key: Label,
      label: Label,
      upstreamBytes: Count,
      servedBytes: Count,
      requests: Count,
      hits: Count,
    }),
  ),
});
export type Savings = Static<typeof Savings>;

/** How the content store is, and what is under way. */
export const ContentStatus = Type.Object({
  store: Label,
  objectCount: Count,
  objectBytes: Count,
  freeBytes: orNull(Count),
  totalBytes: orNull(Count),
  /** Acquiring stops below this. */
  reserveBytes: Count,
  /** `acquiring` · `full` serving only · `unavailable` */
  state: Type.Union([Type.Literal('acquiring'), Type.Literal('full'), Type.Literal('unavailable')]),
  explanation: Prose,
  access: Type.Union([Type.Literal('agents'), Type.Literal('open')]),
  transfers: Type.Array(
    Type.Object({
      name: Label,
      host: Label,
      sizeBytes: Count,
      receivedBytes: Count,
      startedAt: Timestamp,
      followers: Count,
    }),
  ),
  collection: Type.Object({
    lastAt: orNull(Timestamp),
    removedCount: Count,
    removedBytes: Count,
    running: Type.Boolean(),
    /** What the next one would remove. */
    collectableBytes: Count,
  }),
  /** Hours between scheduled snapshots; null: only by hand. */
  snapshotEveryHours: orNull(Type.Number()),
  retentionDays: Type.Number(),
});
export type ContentStatus = Static<typeof ContentStatus>;

export const UpdateContentRequest = Type.Object({
  snapshotEveryHours: Type.Optional(orNull(Type.Number({ minimum: 1, maximum: 8760 }))),
  retentionDays: Type.Optional(Type.Number({ minimum: 1, maximum: 3650 })),
});
export type UpdateContentRequest = Static<typeof UpdateContentRequest>;

/** Client configuration for a snapshot, for machines without an agent. */
export const ClientConfigurationRequest = Type.Object({
  format: RepositoryFormatId,
  /** How long the ticket in it works. */
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
});
export type ClientConfigurationRequest = Static<typeof ClientConfigurationRequest>;
export const ClientConfiguration = Type.Object({
  expiresAt: Timestamp,
  files: Type.Array(Type.Object({ path: Label, text: Type.String({ maxLength: 8_000_000 }), secret: Type.Boolean() })),
});
export type ClientConfiguration = Static<typeof ClientConfiguration>;
