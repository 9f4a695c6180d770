import type { PackageChange, TransactionDifference } from '@thimble/protocol';

/** One package in which the endpoint's own transaction differs from the approved one. */
export interface DifferenceLine {
  readonly kind: 'unapproved' | 'missing' | 'changed';
  readonly name: string;
  readonly approved: string;
  readonly actual: string;
}

/** The difference as lines to read: what nobody approved first, because it is why the endpoint refused. */
export function differenceLines(difference: TransactionDifference): DifferenceLine[] {
  return [
    ...difference.unapproved.map((change) => line('unapproved', change, 'nothing', words(change))),
    ...difference.changed.map(({ approved, actual }) => {
      const sameWords = words(approved) === words(actual);
      const suffix = (change: PackageChange): string =>
        sameWords ? ` (file ${change.sha256?.slice(0, 12) ?? 'none'})` : '';
      return line('changed', approved, words(approved) + suffix(approved), words(actual) + suffix(actual));
    }),
    ...difference.missing.map((change) => line('missing', change, words(change), 'nothing')),
  ];
}

function line(kind: DifferenceLine['kind'], change: PackageChange, approved: string, actual: string): DifferenceLine {
  return { kind, name: `${change.name}:${change.architecture}`, approved, actual };
}

function words({ action, from, to }: PackageChange): string {
  switch (action) {
    case 'install':
      return `install ${to ?? 'unknown'}`;
    case 'remove':
      return `remove ${from ?? 'unknown'}`;
    case 'reinstall':
      return `reinstall ${to ?? 'unknown'}`;
    case 'upgrade':
    case 'downgrade':
      return `${action} ${from ?? 'unknown'} → ${to ?? 'unknown'}`;
  }
}
