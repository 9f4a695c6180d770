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
