import { Type, type Static } from 'typebox';
import { Count, Label, Prose, Timestamp, Uuid } from '../fields.ts';
import { RevisionSummary } from './repositories.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Labels = Type.Array(Label, { maxItems: 64 });

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
