import type { RunDetail, RunTarget } from '@thimble/protocol';

export interface RollbackLine {
  readonly name: string;
  /** What is installed now; null: was removed. */
  readonly now: string | null;
  /** What it goes back to; null: is removed again. */
  readonly back: string | null;
  readonly endpointCount: number;
  /** Endpoints that kept no file of the earlier version. */
  readonly missing: number;
}

/** What a rollback of these targets would do: the inverse of their transactions, and where a file for it is missing. */
export function rollbackOf(run: RunDetail, targets: readonly RunTarget[]): RollbackLine[] {
  const groups = new Map(run.groups.map((group) => [group.transactionDigest, group]));
  const lines = new Map<string, RollbackLine>();
  for (const target of targets) {
    const changes = groups.get(target.transactionDigest ?? '')?.transaction.changes ?? [];
    const kept = keptBy(target);
    for (const change of changes) {
      const key = [change.name, change.from, change.to].join(' ');
      const before = lines.get(key) ?? {
        name: change.name,
        now: change.to,
        back: change.from,
        endpointCount: 0,
        missing: 0,
      };
      const missing = change.from !== null && kept !== undefined && !kept.has(`${change.name} ${change.from}`) ? 1 : 0;
      lines.set(key, { ...before, endpointCount: before.endpointCount + 1, missing: before.missing + missing });
    }
  }
  return [...lines.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** undefined: this endpoint has not said what it kept. */
function keptBy(target: RunTarget): ReadonlySet<string> | undefined {
  const result = target.outcome?.result;
  if (result?.kind !== 'applied' && result?.kind !== 'failed') return undefined;
  return new Set(result.kept.map((one) => `${one.name} ${one.version}`));
}
