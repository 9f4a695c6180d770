import { AgentError } from '../agent-error.ts';
import { parseFingerprint } from '../connection/tls.ts';
import { openDisk } from '../state/disk.ts';
import { readIdentity, writeIdentity, type Identity } from '../state/identity.ts';
import { lockState } from '../state/lock.ts';

/**
 * Follows the endpoint's server to another address. That it is the same server is what the pinned certificate says, so
 * only an enrolment that pins exactly this one is moved.
 *
 * @returns the identity; null when the endpoint is not enrolled, or not with the server of this fingerprint.
 * @throws AgentError `bad-server-url`, `bad-fingerprint`, `already-running`, `state-damaged`
 */
export async function moveToServer(options: {
  readonly stateDirectory: string;
  readonly serverUrl: string;
  readonly caFingerprint: string;
}): Promise<Identity | null> {
  const fingerprint = parseFingerprint(options.caFingerprint);
  const url = URL.canParse(options.serverUrl) ? new URL(options.serverUrl) : null;
  if (url?.protocol !== 'https:')
    throw new AgentError('bad-server-url', 'input', `the server's address begins with https://, not ${options.serverUrl}`);
  const disk = await openDisk(options.stateDirectory);
  const lock = await lockState(options.stateDirectory);
  try {
    const present = await readIdentity(disk);
    if (present === null || present.pin?.fingerprint !== fingerprint) return null;
    if (present.serverUrl === url.origin) return present;
    const moved = { ...present, serverUrl: url.origin };
    await writeIdentity(disk, moved);
    return moved;
  } finally {
    await lock.release();
  }
}
