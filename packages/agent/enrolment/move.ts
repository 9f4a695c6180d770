import { AgentError } from '../agent-error.ts';
import { ServerFailure } from '../connection/server-failure.ts';
import { fetchPinnedCertificate, parseFingerprint } from '../connection/tls.ts';
import { openDisk } from '../state/disk.ts';
import { completeSwitch, readIdentity, writeIdentity, type Identity } from '../state/identity.ts';
import { lockState } from '../state/lock.ts';

/**
 * Follows a server that has another address, or another certificate, than at enrolment: the caller vouches for both.
 * The keys that sign orders stay those of the enrolment.
 *
 * @returns null when the endpoint is not enrolled.
 * @throws AgentError `already-running`, `fingerprint-mismatch`; ServerFailure `unreachable`
 */
export async function moveToServer(options: {
  readonly stateDirectory: string;
  readonly serverUrl: string;
  readonly caFingerprint: string;
}): Promise<Identity | null> {
  const fingerprint = parseFingerprint(options.caFingerprint);
  const url = new URL(options.serverUrl);
  const disk = await openDisk(options.stateDirectory);
  const lock = await lockState(options.stateDirectory);
  try {
    await completeSwitch(disk);
    const identity = await readIdentity(disk);
    if (identity === null) return null;
    if (identity.serverUrl === url.origin && identity.pin?.fingerprint === fingerprint) return identity;
    const pin = identity.pin?.fingerprint === fingerprint ? identity.pin : await pinAnew(url, fingerprint);
    const moved: Identity = { ...identity, serverUrl: url.origin, pin };
    await writeIdentity(disk, moved);
    return moved;
  } finally {
    await lock.release();
  }
}

async function pinAnew(url: URL, fingerprint: string): Promise<NonNullable<Identity['pin']>> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  try {
    const certificatePem = await fetchPinnedCertificate(host, Number(url.port === '' ? 443 : url.port), fingerprint);
    return { fingerprint, certificatePem };
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    throw new ServerFailure('unreachable', `${url.host} can't be reached: ${(cause as Error).message}`, { cause });
  }
}
