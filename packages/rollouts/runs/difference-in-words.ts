import type { PackageChange, TransactionDifference } from '@thimble/protocol';

/** More than these say nothing more to a reader. */
const NAMED_AT_MOST = 3;

/**
 * How an endpoint's own dry run differs from what was approved:
 * `its own dry run would also change libssl3 3.0.20 → 3.0.22`. Null when there is no difference to tell.
 */
export function differenceInWords(difference: TransactionDifference | null): string | null {
  if (difference === null) return null;
  const parts = [
    listed('would also ', difference.unapproved.map(changeInWords)),
    listed('would not ', difference.missing.map(changeInWords)),
    listed(
      'would ',
      difference.changed.map(
        ({ approved, actual }) => `${changeInWords(actual)} instead of ${instead(approved, actual)}`,
      ),
    ),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : `its own dry run ${parts.join(', and ')}`;
}

/** `change libssl3 3.0.20 → 3.0.22`, `install libfoo 1.2`, `remove libbar 1.0`. */
export function changeInWords({ name, action, from, to }: PackageChange): string {
  if (action === 'install') return `install ${name} ${to ?? ''}`.trimEnd();
  if (action === 'remove') return `remove ${name} ${from ?? ''}`.trimEnd();
  if (action === 'reinstall') return `reinstall ${name} ${to ?? ''}`.trimEnd();
  return `change ${name} ${from ?? '?'} → ${to ?? '?'}`;
}

function instead(approved: PackageChange, actual: PackageChange): string {
  if (approved.action !== actual.action) return `to ${changeInWords(approved)}`;
  if (approved.to !== actual.to) return approved.to ?? 'nothing';
  if (approved.from !== actual.from) return `from ${approved.from ?? 'nothing'}`;
  return `another file of this version (SHA-256 ${approved.sha256?.slice(0, 12) ?? 'unknown'})`;
}

function listed(verb: string, items: readonly string[]): string | null {
  if (items.length === 0) return null;
  const more = items.length - NAMED_AT_MOST;
  return `${verb}${items.slice(0, NAMED_AT_MOST).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
