import { AgentError } from '../agent-error.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Disk } from '../state/disk.ts';
import { readIdentity, writeIdentity, type Identity } from '../state/identity.ts';
import { readTrust } from '../trust/trust-file.ts';
import { enrollLocked } from './enroll.ts';
import { machineDigest } from './machine-facts.ts';
import { readTemplate } from './template.ts';

/**
 * The identity of this very machine. Where another one was enrolled (this is a copy of its disk, or started from an image
 * of it), its key is never used: the copy enrols as an endpoint of its own, if it was given a way to.
 *
 * @returns null when nothing is enrolled. @throws AgentError `copied-machine`, and those of `enroll`
 */
export async function settleMachine(
  disk: Disk,
  options: {
    readonly stateDirectory: string;
    readonly clock: Clock;
    readonly log: Log;
    readonly machine?: (() => Promise<string | null>) | undefined;
  },
): Promise<Identity | null> {
  const { stateDirectory, clock, log, machine: read = machineDigest } = options;
  const identity = await readIdentity(disk);
  const machine = await read();
  if (identity === null || machine === null || identity.machine === machine) return identity;
  if (identity.machine === undefined) {
    // Enrolled before this was written down.
    const named = { ...identity, machine };
    await writeIdentity(disk, named);
    return named;
  }
  const template = await readTemplate(disk);
  if (template === null)
    throw new AgentError(
      'copied-machine',
      'conflict',
      'this is not the machine that was enrolled: its machine id is another one, so it is a copy. Enrol it as an endpoint ' +
        'of its own: thimble agent enroll --force --server URL --token TOKEN --ca-fingerprint FINGERPRINT',
    );
  log.info('this machine is a copy of one that was enrolled as a template: it enrols as an endpoint of its own');
  const { serverUrl, token, caFingerprint } = template;
  // Whom the template believed, its copy believes: a server could show another set to what begins anew.
  const { approvers, pinnedSha256 } = await readTrust(disk);
  const approversSha256 = approvers?.sha256 ?? pinnedSha256;
  const enrolled = await enrollLocked(disk, {
    stateDirectory,
    serverUrl,
    token,
    clock,
    machine: read,
    force: true,
    ...(caFingerprint === null ? {} : { caFingerprint }),
    ...(approversSha256 === null ? {} : { approversSha256 }),
  });
  log.info(`endpoint ${enrolled.identity.endpointId}, fingerprint of its key ${enrolled.keyid}`);
  return enrolled.identity;
}
