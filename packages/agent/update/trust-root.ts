import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Updater } from 'tuf-js';
import { AgentError } from '../agent-error.ts';
import { openDisk } from '../state/disk.ts';
import { GIVEN_ROOT } from './pinned-root.ts';
import { makeUpdateFolder } from './open-world.ts';

/**
 * From now on this endpoint begins with the given root: self-update is on. What was trusted before is forgotten, which is
 * also the way out when the keys of a repository were lost.
 *
 * @throws AgentError `bad-update-root`: it is no root metadata that its own keys signed.
 */
export async function trustRoot(stateDirectory: string, root: Uint8Array): Promise<void> {
  const disk = await openDisk(stateDirectory);
  const folder = await makeUpdateFolder(stateDirectory);
  const probe = await mkdtemp(join(folder, 'root-'));
  try {
    await writeFile(join(probe, 'root.json'), root);
    new Updater({ metadataDir: probe, metadataBaseUrl: 'https://nowhere.invalid' });
  } catch (cause) {
    const message = `this is no root of a repository of agents: ${(cause as Error).message}`;
    throw new AgentError('bad-update-root', 'input', message, { cause });
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
  await disk.write(GIVEN_ROOT, root);
  for (const role of ['root', 'timestamp', 'snapshot', 'targets']) await disk.remove(`update/${role}.json`);
}
