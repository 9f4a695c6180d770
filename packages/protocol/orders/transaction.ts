import { Type, type Static } from 'typebox';
import { canonicalJson } from '../canonical-json.ts';
import { PackageOrigin } from '../documents/manifest.ts';
import { RepositoryIndex } from '../documents/updates.ts';
import {
  Architecture,
  Count,
  Gap,
  Label,
  LIMITS,
  PackageName,
  PackageVersion,
  Prose,
  Sha256,
  Uuid,
} from '../fields.ts';

export const PackageAction = Type.Union([
  Type.Literal('install'),
  Type.Literal('upgrade'),
  Type.Literal('downgrade'),
  Type.Literal('reinstall'),
  Type.Literal('remove'),
]);
export type PackageAction = Static<typeof PackageAction>;

/** One package's change, exact to the byte: what is approved is `name, architecture, action, from, to, sha256`. */
export const PackageChange = Type.Object({
  name: PackageName,
  architecture: Architecture,
  action: PackageAction,
  /** null: not installed before. */
  from: Type.Union([PackageVersion, Type.Null()]),
  /** null: removed. */
  to: Type.Union([PackageVersion, Type.Null()]),
  /** Of the package file, from the index that the vendor signed; null for a removal. */
  sha256: Type.Union([Sha256, Type.Null()]),
  downloadBytes: Count,
  origin: Type.Union([PackageOrigin, Type.Null()]),
  security: Type.Boolean(),
  /** Asked for by name or rule, or pulled in by another change. */
  reason: Type.Union([Type.Literal('requested'), Type.Literal('dependency')]),
  source: PackageName,
});
export type PackageChange = Static<typeof PackageChange>;

/** A configuration file that was changed on the endpoint and that the new version changes too; the local one is kept. */
export const ConffileConflict = Type.Object({ package: PackageName, path: Label });

/** The exact set of package changes on one endpoint, with everything that a person wants to know before approving. */
export const Transaction = Type.Object({
  format: Type.Literal(1),
  platform: Type.Literal('apt'),
  /** Sorted by name, then architecture. */
  changes: Type.Array(PackageChange, { maxItems: LIMITS.changesPerTransaction }),
  downloadBytes: Count,
  /** May be negative. */
  installedDeltaBytes: Type.Integer(),
  conffileConflicts: Type.Array(ConffileConflict, { maxItems: 1000 }),
  /** systemd units that will be restarted, by maintainer scripts or because they use replaced code. */
  servicesToRestart: Type.Array(Label, { maxItems: 1000 }),
  reboot: Type.Object({ needed: Type.Boolean(), reasons: Type.Array(Prose, { maxItems: 64 }) }),
  /** Selected updates that this transaction leaves out, and why (held, phased, would remove packages ...). */
  excluded: Type.Array(Type.Object({ name: PackageName, architecture: Architecture, why: Prose }), {
    maxItems: LIMITS.changesPerTransaction,
  }),
  /** Packages for which no earlier version's file can be kept, so that a rollback of them is not possible. */
  rollbackGaps: Type.Array(Gap, { maxItems: 1000 }),
  indexes: Type.Array(RepositoryIndex, { maxItems: 1000 }),
  /** The snapshot that it was planned from; left out: the endpoint's own repositories. */
  content: Type.Optional(Type.Object({ snapshotId: Uuid })),
});
export type Transaction = Static<typeof Transaction>;

/** The part of a transaction that is approved. */
export interface TransactionChanges {
  readonly platform: Transaction['platform'];
  readonly changes: readonly PackageChange[];
}

/** What identifies a transaction for approval: the changes alone. Endpoints with equal changes form one group. */
export function transactionIdentity(transaction: TransactionChanges): string {
  const changes = transaction.changes
    .map(({ name, architecture, action, from, to, sha256 }) => ({ name, architecture, action, from, to, sha256 }))
    .sort((a, b) => compareKeys(`${a.name}\0${a.architecture}`, `${b.name}\0${b.architecture}`));
  return canonicalJson({ platform: transaction.platform, changes });
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How an endpoint's own dry run differs from what was approved. Empty lists: they are equal. */
export const TransactionDifference = Type.Object({
  /** Changes that the endpoint would make and nobody approved. */
  unapproved: Type.Array(PackageChange, { maxItems: LIMITS.changesPerTransaction }),
  /** Approved changes that the endpoint would not make. */
  missing: Type.Array(PackageChange, { maxItems: LIMITS.changesPerTransaction }),
  /** The same package, but another version, action or digest. */
  changed: Type.Array(Type.Object({ approved: PackageChange, actual: PackageChange }), {
    maxItems: LIMITS.changesPerTransaction,
  }),
});
export type TransactionDifference = Static<typeof TransactionDifference>;
