import { demandedSignatures, staleTime, type TrustState } from '@thimble/agent-core';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { readChecked, writeChecked } from '../state/checked-file.ts';
import type { Disk } from '../state/disk.ts';
import type { Identity } from '../state/identity.ts';

const TOLD_EVERY_MS = 24 * 3_600_000;

/** null: a signed time was heard not long ago, or nothing here depends on one. */
export function staleTimeOf(
  state: TrustState,
  identity: Pick<Identity, 'checkInIntervalSeconds' | 'enrolledAt'>,
  hostNowMs: number,
): string | null {
  if (state.time === null && demandedSignatures(state) === null) return null;
  return staleTime(state.time?.heardAt ?? identity.enrolledAt, identity.checkInIntervalSeconds, hostNowMs);
}

/** A timer's agent remembers nothing between two runs: what was told is on the disk. */
export async function tellStaleTime(
  stale: string | null,
  { disk, clock, log }: { readonly disk: Disk; readonly clock: Clock; readonly log: Log },
): Promise<void> {
  if (stale === null) return;
  const last = (await readChecked(disk, 'told', 'told').catch(() => null)) as { readonly atMs: number } | null;
  const sinceMs = last === null ? Infinity : Math.abs(clock.now() - last.atMs);
  if (sinceMs < TOLD_EVERY_MS) return;
  log.warn(stale);
  // A full disk is told elsewhere.
  await writeChecked(disk, 'told', 'told', { atMs: clock.now() }).catch(() => undefined);
}
