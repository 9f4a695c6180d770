/** Targets with equal transactions: one decision for all of them. Largest group first, then by digest. */
export interface TransactionGroup {
  readonly transactionDigest: string;
  readonly endpointIds: readonly string[];
}

export function groupByTransaction(
  targets: readonly { readonly endpointId: string; readonly transactionDigest: string | null }[],
): readonly TransactionGroup[] {
  const groups = new Map<string, string[]>();
  for (const { endpointId, transactionDigest } of targets) {
    if (transactionDigest === null) continue;
    const members = groups.get(transactionDigest);
    if (members === undefined) groups.set(transactionDigest, [endpointId]);
    else members.push(endpointId);
  }
  return [...groups]
    .map(([transactionDigest, endpointIds]) => ({ transactionDigest, endpointIds }))
    .sort(
      (a, b) => b.endpointIds.length - a.endpointIds.length || (a.transactionDigest < b.transactionDigest ? -1 : 1),
    );
}
