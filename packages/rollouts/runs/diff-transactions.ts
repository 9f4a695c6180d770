import type { PackageChange, Transaction, TransactionDifference } from '@thimble/protocol';

/** How `actual` differs from `approved`, in the fields that identify a transaction. */
export function diffTransactions(
  approved: Pick<Transaction, 'changes'>,
  actual: Pick<Transaction, 'changes'>,
): TransactionDifference {
  const left = new Map(approved.changes.map((change) => [key(change), change]));
  const right = new Map(actual.changes.map((change) => [key(change), change]));
  return {
    unapproved: actual.changes.filter((change) => !left.has(key(change))),
    missing: approved.changes.filter((change) => !right.has(key(change))),
    changed: approved.changes.flatMap((change) => {
      const other = right.get(key(change));
      return other === undefined || isSame(change, other) ? [] : [{ approved: change, actual: other }];
    }),
  };
}

export function isEmptyDifference({ unapproved, missing, changed }: TransactionDifference): boolean {
  return unapproved.length + missing.length + changed.length === 0;
}

function key({ name, architecture }: PackageChange): string {
  return `${name}\0${architecture}`;
}

function isSame(a: PackageChange, b: PackageChange): boolean {
  return a.action === b.action && a.from === b.from && a.to === b.to && a.sha256 === b.sha256;
}
