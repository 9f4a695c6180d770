import type { KeptPackage } from './outcome.ts';
import type { PackageChange, Transaction } from './transaction.ts';

export interface InverseTransaction {
  /** What undoes the given transaction, as far as `missing` is empty; exact like any other. */
  readonly transaction: Transaction;
  /** Versions whose files were not kept: with one of them the whole set can't go back. */
  readonly missing: readonly { readonly name: string; readonly architecture: string; readonly version: string }[];
}

type Kept = Pick<KeptPackage, 'name' | 'architecture' | 'version' | 'sha256'>;

/**
 * The way back from an applied transaction to the versions before, from the files that its endpoint kept. The whole set
 * is turned round, because packages of one source depend on each other's exact versions.
 */
export function inverseTransaction(transaction: Transaction, kept: readonly Kept[]): InverseTransaction {
  const changes: PackageChange[] = [];
  const missing: { name: string; architecture: string; version: string }[] = [];
  for (const change of transaction.changes) {
    const { name, from } = change;
    if (change.action === 'reinstall') continue;
    // Asked for by name, each of them: apt brings nothing back that is only a dependency of nobody.
    const undone = { ...change, security: false, origin: null, downloadBytes: 0, reason: 'requested' } as const;
    if (from === null) {
      changes.push({ ...undone, action: 'remove', from: change.to, to: null, sha256: null });
      continue;
    }
    const file = kept.find(
      (each) => each.name === name && each.version === from && sameArchitecture(each.architecture, change.architecture),
    );
    if (file === undefined) {
      missing.push({ name, architecture: change.architecture, version: from });
      continue;
    }
    const action = INVERSE[change.action];
    const { architecture, sha256 } = file;
    changes.push({ ...undone, architecture, action, from: change.to, to: from, sha256 });
  }
  return {
    transaction: {
      ...transaction,
      changes: changes.sort((a, b) => compare(a.name, b.name) || compare(a.architecture, b.architecture)),
      downloadBytes: 0,
      installedDeltaBytes: 0 - transaction.installedDeltaBytes,
      conffileConflicts: [],
      excluded: [],
      rollbackGaps: [],
      indexes: [],
    },
    missing,
  };
}

const INVERSE = { install: 'remove', upgrade: 'downgrade', downgrade: 'upgrade', remove: 'install' } as const;

/** A package may move between `all` and an architecture of its own from one version to the next. */
function sameArchitecture(a: string, b: string): boolean {
  return a === b || a === 'all' || b === 'all';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
