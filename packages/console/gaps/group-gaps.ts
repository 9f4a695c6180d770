import type { FleetGap } from '@thimble/protocol';

export interface GapGroup {
  readonly reason: string;
  readonly gaps: readonly FleetGap[];
  /** Of all of them; a package that two gaps name counts twice. */
  readonly packageCount: number;
}

/** Gaps by their reason: the group with most endpoints first, and in each the same. */
export function groupGaps(gaps: readonly FleetGap[]): readonly GapGroup[] {
  const groups = new Map<string, FleetGap[]>();
  for (const gap of gaps) groups.set(gap.reason, [...(groups.get(gap.reason) ?? []), gap]);
  const most = (all: readonly FleetGap[]): number => Math.max(...all.map((gap) => gap.endpointCount));
  return [...groups]
    .map(([reason, all]) => ({
      reason,
      gaps: all.toSorted((a, b) => b.endpointCount - a.endpointCount),
      packageCount: all.reduce((sum, gap) => sum + gap.packageCount, 0),
    }))
    .sort((a, b) => most(b.gaps) - most(a.gaps));
}
