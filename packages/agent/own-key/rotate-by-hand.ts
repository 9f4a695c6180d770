import { AgentError } from '../agent-error.ts';
import { openAgent, type AgentOptions } from '../run/open.ts';
import { openDisk } from '../state/disk.ts';
import { readIdentity, readKey } from '../state/identity.ts';
import { prepareKey } from './change-key.ts';

/** `prepared`: the agent that runs changes the key with its next check-in. */
export type Rotated = { readonly kind: 'changed'; readonly keyid: string } | { readonly kind: 'prepared' };

/**
 * Makes this endpoint a new key now, or lets the agent do it that runs.
 *
 * @throws AgentError `not-enrolled` ...; ServerFailure: the change is finished by the next check-in.
 */
export async function rotateKey(options: AgentOptions): Promise<Rotated> {
  const disk = await openDisk(options.stateDirectory);
  if ((await readIdentity(disk)) === null)
    throw new AgentError('not-enrolled', 'input', 'this endpoint is not enrolled: thimble agent enroll');
  await prepareKey(disk);
  try {
    const { context, close } = await openAgent(options);
    try {
      await context.ownKey?.settle();
      return { kind: 'changed', keyid: (await readKey(context.disk)).keyid };
    } finally {
      await close();
    }
  } catch (error) {
    if (error instanceof AgentError && error.code === 'already-running') return { kind: 'prepared' };
    throw error;
  }
}
