import type { KeptPackage, PackageChange, Transaction } from '@thimble/protocol';

/**
 * The transaction that undoes another one. A package that comes back needs the file that was kept of it: its digest is
 * what the roll-back is held to.
 *
 * @returns `missing`: packages of which no file was kept, so that they can't go back.
 */
export function inverseTransaction(
  done: Transaction,
  kept: readonly KeptPackage[],
):
  | { readonly kind: 'inverse'; readonly transaction: Transaction }
  | { readonly kind: 'missing'; readonly packages: readonly string[] } {
  const files = new Map(kept.map((file) => [`${file.name}:${file.architecture}=${file.version}`, file]));
  const missing: string[] = [];
  const changes: PackageChange[] = [];
  for (const change of done.changes) {
    if (change.action === 'reinstall') continue;
    const { name, architecture, from, to } = change;
    const file = from === null ? undefined : files.get(`${name}:${architecture}=${from}`);
    if (from !== null && file === undefined) missing.push(`${name} ${from}`);
    changes.push({
      ...change,
      action: inverseAction(change),
      from: to,
      to: from,
      sha256: file?.sha256 ?? null,
      downloadBytes: 0,
      origin: null,
      security: false,
      reason: 'requested',
    });
  }
  if (missing.length > 0) return { kind: 'missing', packages: missing };
  const transaction: Transaction = {
    ...done,
    changes,
    downloadBytes: 0,
    installedDeltaBytes: -done.installedDeltaBytes,
    conffileConflicts: [],
    excluded: [],
    rollbackGaps: [],
    indexes: [],
  };
  return { kind: 'inverse', transaction };
}

function inverseAction({ action }: PackageChange): PackageChange['action'] {
  switch (action) {
    case 'install':
      return 'remove';
    case 'remove':
      return 'install';
    case 'upgrade':
      return 'downgrade';
    case 'downgrade':
      return 'upgrade';
    case 'reinstall':
      return 'reinstall';
  }
}
