import type { PackageChange, TransactionDifference } from '@thimble/protocol';

/** How a dry run differs from what was approved; null: not at all. */
export function difference(
  approved: readonly PackageChange[],
  actual: readonly PackageChange[],
): TransactionDifference | null {
  const approvedByKey = new Map(approved.map((change) => [keyOf(change), change]));
  const actualByKey = new Map(actual.map((change) => [keyOf(change), change]));
  const unapproved = actual.filter((change) => !approvedByKey.has(keyOf(change)));
  const missing = approved.filter((change) => !actualByKey.has(keyOf(change)));
  const changed = approved.flatMap((change) => {
    const other = actualByKey.get(keyOf(change));
    return other === undefined || isSame(change, other) ? [] : [{ approved: change, actual: other }];
  });
  return unapproved.length + missing.length + changed.length === 0 ? null : { unapproved, missing, changed };
}

export function differenceInWords({ unapproved, missing, changed }: TransactionDifference): string {
  const names = (changes: readonly PackageChange[]) =>
    changes
      .slice(0, 10)
      .map((change) => `${change.name} ${change.from ?? '(none)'} → ${change.to ?? '(removed)'}`)
      .join(', ') + (changes.length > 10 ? ` and ${changes.length - 10} more` : '');
  const parts = [
    unapproved.length === 0 ? '' : `it would also change ${names(unapproved)}`,
    missing.length === 0 ? '' : `it would not change ${names(missing)}`,
    changed.length === 0 ? '' : `it would change otherwise: ${names(changed.map((each) => each.actual))}`,
  ];
  return `this endpoint's own dry run differs from what was approved: ${parts.filter(Boolean).join('; ')}`;
}

function keyOf(change: PackageChange): string {
  return `${change.name}\0${change.architecture}`;
}

function isSame(a: PackageChange, b: PackageChange): boolean {
  return a.action === b.action && a.from === b.from && a.to === b.to && a.sha256 === b.sha256;
}
