import { openDisk } from '../state/disk.ts';
import { readIdentity, removeIdentity } from '../state/identity.ts';
import { lockState } from '../state/lock.ts';

/**
 * Forgets the enrolment: key, journal, documents. The server is not told (only an operator removes an endpoint there).
 *
 * @returns whether there was one.
 * @throws AgentError `already-running`: stop the agent first.
 */
export async function unenroll(stateDirectory: string): Promise<boolean> {
  const disk = await openDisk(stateDirectory);
  const lock = await lockState(stateDirectory);
  try {
    // Damaged state is no reason to keep it.
    const identity = await readIdentity(disk).catch(() => true);
    await removeIdentity(disk);
    return identity !== null;
  } finally {
    await lock.release();
  }
}
