import { Type, type Static } from 'typebox';
import { RepositoryFormatId } from '../documents/repositories.ts';
import { Count, Label, Prose, Sha256, Timestamp, Uuid } from '../fields.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Address = Type.String({ minLength: 1, maxLength: 2048 });
const Labels = Type.Array(Label, { maxItems: 64 });

/** A public key, as people compare it. */
export const KeySummary = Type.Object({
  kind: Type.Union([Type.Literal('openpgp'), Type.Literal('rsa')]),
  fingerprint: Label,
  userIds: Labels,
  createdAt: orNull(Timestamp),
  expiresAt: orNull(Timestamp),
  /** Expired, revoked or too weak to be approved; empty: it is fine. */
  problem: Prose,
});
export type KeySummary = Static<typeof KeySummary>;

/** `lazy`: bytes come with the first request, or when a plan needs them. `mirror`: all that the filter keeps, ahead. */
export const RepositoryMode = Type.Union([Type.Literal('lazy'), Type.Literal('mirror')]);
export type RepositoryMode = Static<typeof RepositoryMode>;

/** What a mirror fetches ahead. Empty lists and null: everything. */
export const MirrorFilter = Type.Object({
  architectures: Labels,
  components: Labels,
  /** Only so many newest versions of each package. */
  newest: orNull(Type.Integer({ minimum: 1, maximum: 100 })),
});
export type MirrorFilter = Static<typeof MirrorFilter>;

const definition = {
  format: RepositoryFormatId,
  uris: Type.Array(Address, { minItems: 1, maxItems: 64 }),
  mirrorList: orNull(Address),
  suite: Label,
  components: Labels,
  architectures: Type.Array(Label, { maxItems: 16 }),
};

/** A repository that endpoints have configured and nobody has decided about yet. */
export const RepositoryProposal = Type.Object({
  /** Stable over endpoints and time: SHA-256 of format, first address, mirror list and suite. */
  id: Sha256,
  ...definition,
  name: Label,
  endpointCount: Count,
  /** The first few hostnames. */
  endpoints: Type.Array(Label, { maxItems: 10 }),
  /** The keys by which those endpoints check it, and by how many of them. */
  keys: Type.Array(Type.Object({ key: KeySummary, endpointCount: Count }), { maxItems: 256 }),
  /** Endpoints that accept it without a signature. */
  unsignedCount: Count,
  /** Why it can't be added as it is; empty: it can. */
  problem: Prose,
});
export type RepositoryProposal = Static<typeof RepositoryProposal>;
export const RepositoryProposalList = Type.Object({ items: Type.Array(RepositoryProposal), total: Count });
export type RepositoryProposalList = Static<typeof RepositoryProposalList>;

export const GenericFileEntry = Type.Object({
  name: Label,
  version: Label,
  url: Address,
  sha256: Sha256,
  sizeBytes: orNull(Count),
  signatureKind: Type.Union([
    Type.Literal('none'),
    Type.Literal('authenticode'),
    Type.Literal('apple'),
    Type.Literal('openpgp'),
    Type.Literal('minisign'),
    Type.Literal('other'),
  ]),
});
export type GenericFileEntry = Static<typeof GenericFileEntry>;

export const AddRepositoryRequest = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  ...definition,
  /** Fingerprints that the person compared: of keys that endpoints have, or of those in `keyMaterial`. */
  fingerprints: Type.Array(Label, { maxItems: 64 }),
  /** Armored OpenPGP or PEM, for keys that no endpoint has. */
  keyMaterial: Type.Optional(Type.String({ maxLength: 1_000_000 })),
  signature: Type.Optional(Type.Union([Type.Literal('metadata'), Type.Literal('packages')])),
  mode: Type.Optional(RepositoryMode),
  filter: Type.Optional(MirrorFilter),
  files: Type.Optional(Type.Array(GenericFileEntry, { maxItems: 10_000 })),
});
export type AddRepositoryRequest = Static<typeof AddRepositoryRequest>;

export const UpdateRepositoryRequest = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  enabled: Type.Optional(Type.Boolean()),
  mode: Type.Optional(RepositoryMode),
  filter: Type.Optional(MirrorFilter),
  intervalHours: Type.Optional(Type.Number({ minimum: 0.25, maximum: 720 })),
  uris: Type.Optional(definition.uris),
  components: Type.Optional(Labels),
  architectures: Type.Optional(definition.architectures),
  files: Type.Optional(Type.Array(GenericFileEntry, { maxItems: 10_000 })),
  /** The whole new list of approved keys (key rotation). */
  fingerprints: Type.Optional(Type.Array(Label, { maxItems: 64 })),
  keyMaterial: Type.Optional(Type.String({ maxLength: 1_000_000 })),
});
export type UpdateRepositoryRequest = Static<typeof UpdateRepositoryRequest>;

/** `fresh` the newest check found it good · `failing` it did not, the last good revision serves · `never` none yet · `off` */
export const RepositoryHealth = Type.Union([
  Type.Literal('fresh'),
  Type.Literal('stale'),
  Type.Literal('failing'),
  Type.Literal('never'),
  Type.Literal('off'),
]);
export type RepositoryHealth = Static<typeof RepositoryHealth>;

export const ContentFaultReport = Type.Object({
  id: Uuid,
  at: Timestamp,
  code: Label,
  side: Type.Union([Type.Literal('upstream'), Type.Literal('trust'), Type.Literal('host')]),
  message: Prose,
  path: orNull(Type.String({ maxLength: 1024 })),
  /** How often in a row. */
  count: Count,
  lastAt: Timestamp,
  resolvedAt: orNull(Timestamp),
  /** A person may take this very state all the same (a vendor that replaces files under one version). */
  acceptable: Type.Boolean(),
});
export type ContentFaultReport = Static<typeof ContentFaultReport>;

export const RevisionSummary = Type.Object({
  id: Uuid,
  repositoryId: Uuid,
  repositoryName: Label,
  sequence: Count,
  createdAt: Timestamp,
  /** The metadata's own dates. */
  date: orNull(Timestamp),
  validUntil: orNull(Timestamp),
  metadataPath: Label,
  metadataSha256: Sha256,
  signedBy: orNull(Label),
  packageCount: Count,
  packageBytes: Count,
  /** Of them, in the store. */
  storedCount: Count,
  storedBytes: Count,
  metadataBytes: Count,
  addedCount: Count,
  removedCount: Count,
});
export type RevisionSummary = Static<typeof RevisionSummary>;

export const RepositorySummary = Type.Object({
  id: Uuid,
  name: Label,
  ...definition,
  signature: Type.Union([Type.Literal('metadata'), Type.Literal('packages')]),
  keys: Type.Array(KeySummary),
  mode: RepositoryMode,
  filter: MirrorFilter,
  enabled: Type.Boolean(),
  intervalHours: Type.Number(),
  files: Type.Array(GenericFileEntry),
  health: RepositoryHealth,
  explanation: Prose,
  endpointCount: Count,
  addedAt: Timestamp,
  addedBy: Label,
  checkedAt: orNull(Timestamp),
  changedAt: orNull(Timestamp),
  nextAt: orNull(Timestamp),
  running: orNull(Type.Object({ startedAt: Timestamp, message: Label, receivedBytes: Count, packages: Count })),
  latest: orNull(RevisionSummary),
  revisionCount: Count,
  fault: orNull(ContentFaultReport),
});
export type RepositorySummary = Static<typeof RepositorySummary>;
export const RepositoryList = Type.Object({ items: Type.Array(RepositorySummary), total: Count });
export type RepositoryList = Static<typeof RepositoryList>;

export const RepositoryDetail = Type.Object({
  summary: RepositorySummary,
  revisions: Type.Array(RevisionSummary),
  faults: Type.Array(ContentFaultReport),
});
export type RepositoryDetail = Static<typeof RepositoryDetail>;

export const SyncRequest = Type.Object({
  /** Take the state that this fault refused (only where it says `acceptable`). */
  acceptFaultId: Type.Optional(Uuid),
});
export type SyncRequest = Static<typeof SyncRequest>;

export const SnapshotSummary = Type.Object({
  id: Uuid,
  name: Label,
  note: Prose,
  createdAt: Timestamp,
  createdBy: Label,
  /** Made here, by schedule, or brought in by a bundle. */
  origin: Type.Union([Type.Literal('made'), Type.Literal('scheduled'), Type.Literal('imported')]),
  /** Never collected, whatever the retention says. */
  pinned: Type.Boolean(),
  retiredAt: orNull(Timestamp),
  /** No new run may use it; content that only it needs goes with the next collection. */
  retiredReason: Prose,
  channels: Labels,
  revisionCount: Count,
  packageCount: Count,
  packageBytes: Count,
  storedBytes: Count,
  /** Runs that use it. */
  runCount: Count,
  activeRunCount: Count,
  servedBytes: Count,
  upstreamBytes: Count,
});
export type SnapshotSummary = Static<typeof SnapshotSummary>;
export const SnapshotList = Type.Object({ items: Type.Array(SnapshotSummary), total: Count });
export type SnapshotList = Static<typeof SnapshotList>;

export const SnapshotDetail = Type.Object({
  summary: SnapshotSummary,
  revisions: Type.Array(RevisionSummary),
  /** The one before it, which a diff is usually against. */
  previousId: orNull(Uuid),
});
export type SnapshotDetail = Static<typeof SnapshotDetail>;

export const CreateSnapshotRequest = Type.Object({
  /** Left out: `2026-11-22`, with a number when there is one already. */
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9][A-Za-z0-9 ._:+-]*$' })),
  note: Type.Optional(Prose),
  /** Left out: all that are enabled. */
  repositoryIds: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 200 })),
  /** First look for news upstream; default. False: from the newest revisions that are there. */
  synchronise: Type.Optional(Type.Boolean()),
  /**
   * When a repository is failing: `refuse` (default) makes no snapshot and says why; `last-good` takes its last good revision.
   */
  failing: Type.Optional(Type.Union([Type.Literal('refuse'), Type.Literal('last-good')])),
});
export type CreateSnapshotRequest = Static<typeof CreateSnapshotRequest>;

export const UpdateSnapshotRequest = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9][A-Za-z0-9 ._:+-]*$' })),
  note: Type.Optional(Prose),
  pinned: Type.Optional(Type.Boolean()),
  /** True: retire it; false: take that back. */
  retired: Type.Optional(Type.Boolean()),
  reason: Type.Optional(Prose),
});
export type UpdateSnapshotRequest = Static<typeof UpdateSnapshotRequest>;

/** What one package has in one snapshot and not in the other. */
export const PackageDifference = Type.Object({
  repositoryId: Uuid,
  repositoryName: Label,
  name: Label,
  architecture: Label,
  source: Label,
  /** null: not in the older one. */
  from: orNull(Label),
  /** null: not in the newer one. */
  to: orNull(Label),
  downloadBytes: Count,
  /** Vulnerabilities that the older version has and the newer one has not. */
  closes: Type.Array(Label),
  /** Endpoints that have the package in a version below `to`. */
  endpointCount: Count,
  blocked: Type.Boolean(),
});
export type PackageDifference = Static<typeof PackageDifference>;

export const SnapshotDifference = Type.Object({
  from: orNull(Type.Object({ id: Uuid, name: Label })),
  to: Type.Object({ id: Uuid, name: Label }),
  addedCount: Count,
  removedCount: Count,
  changedCount: Count,
  downloadBytes: Count,
  /** Closed on any endpoint of the fleet, each once; most urgent first. */
  closes: Type.Array(
    Type.Object({ id: Label, severity: Label, exploited: Type.Boolean(), endpointCount: Count, packages: Labels }),
  ),
  /** What it would change on the fleet as it is now. */
  fleet: Type.Object({ endpointCount: Count, packageCount: Count, downloadBytes: Count }),
  /** Of which repositories nothing could be said about vulnerabilities, and why. */
  gaps: Type.Array(Type.Object({ what: Label, why: Prose })),
  items: Type.Array(PackageDifference),
  total: Count,
});
export type SnapshotDifference = Static<typeof SnapshotDifference>;

export const SnapshotDifferenceQuery = Type.Object({
  /** The older one; left out: the one before. */
  from: Type.Optional(Uuid),
  search: Type.Optional(Type.String({ maxLength: 200 })),
  /** Only packages that the fleet has. */
  fleet: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type SnapshotDifferenceQuery = Static<typeof SnapshotDifferenceQuery>;

export const Channel = Type.Object({
  name: Label,
  /** 1, 2, …: the order in which snapshots are promoted. */
  position: Count,
  snapshot: orNull(Type.Object({ id: Uuid, name: Label, createdAt: Timestamp })),
  movedAt: orNull(Timestamp),
  movedBy: orNull(Label),
  /** Newest first; the first one is where it points now. */
  moves: Type.Array(
    Type.Object({ at: Timestamp, by: Label, snapshotId: orNull(Uuid), snapshotName: orNull(Label), note: Prose }),
  ),
});
export type Channel = Static<typeof Channel>;
export const ChannelList = Type.Object({ items: Type.Array(Channel), total: Count });
export type ChannelList = Static<typeof ChannelList>;

/** Makes the channel when there is none of that name. */
export const PromoteRequest = Type.Object({ snapshotId: Uuid, note: Type.Optional(Prose) });
export type PromoteRequest = Static<typeof PromoteRequest>;

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
  files: Type.Array(Type.Object({ path: Label, text: Prose, secret: Type.Boolean() })),
});
export type ClientConfiguration = Static<typeof ClientConfiguration>;
