import { EMPTY_TRUST, type TrustState } from '@thimble/agent-core';
import { readChecked, writeChecked } from '../state/checked-file.ts';
import type { Disk } from '../state/disk.ts';
import { TRUST_FILE } from '../state/identity.ts';

/** @returns the empty state for an endpoint that was enrolled before there were approvers. @throws AgentError `state-damaged` */
export async function readTrust(disk: Disk): Promise<TrustState> {
  return ((await readChecked(disk, TRUST_FILE, 'trust')) as TrustState | null) ?? EMPTY_TRUST;
}

export async function writeTrust(disk: Disk, state: TrustState): Promise<void> {
  await writeChecked(disk, TRUST_FILE, 'trust', state);
}
