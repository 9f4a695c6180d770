export interface Move {
  /** Counts up within a channel. */
  readonly number: number;
  readonly snapshotId: string | null;
  /** It took the move before it back. */
  readonly undo: boolean;
}

/** Where a channel pointed before the last move that still counts; null: nowhere. */
export function beforeLast(moves: readonly Move[]): string | null {
  const standing: (string | null)[] = [];
  for (const { snapshotId, undo } of [...moves].sort((a, b) => a.number - b.number))
    if (undo) standing.pop();
    else standing.push(snapshotId);
  return standing.at(-2) ?? null;
}
