import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '@thimble/drivers';
import { createPlaceClient } from '../content/place-client.ts';
import type { Log } from '../log.ts';
import type { Disk } from '../state/disk.ts';
import type { Identity } from '../state/identity.ts';
import { lockState } from '../state/lock.ts';
import { lookForVersion, type OfferedVersion } from './look-for-version.ts';
import { installProgram, removeOtherPrograms } from './programs.ts';
import { createRepositoryFetcher, FETCHER_LIMITS } from './repository-fetcher.ts';
import { tryVersion } from './switch-version.ts';
import { isWanted } from './update-state.ts';
import type { UpdateWorld } from './update-world.ts';

export interface UpdateSource {
  readonly disk: Disk;
  readonly identity: Identity;
  /** The state's folder `update`; absolute. */
  readonly folder: string;
  readonly root: Uint8Array;
  readonly signal: AbortSignal;
}

const DEADLINES = { connectMs: 20_000, answerMs: FETCHER_LIMITS.graceMs, idleMs: FETCHER_LIMITS.idleMs };

/**
 * Looks what the server's repository offers for this machine, and lets a caller have it while the way there is open.
 *
 * @throws UpdateFailure `unreachable`, `refused`; AgentError `already-running`: somebody else looks
 */
export async function withOffer<T>(
  source: UpdateSource,
  use: (offered: OfferedVersion | null) => Promise<T>,
): Promise<T> {
  const { disk, identity, folder, root, signal } = source;
  const { serverUrl, pin } = identity;
  const place = { kind: 'server', name: 'the server', url: serverUrl, certificateSha256: null } as const;
  // The agent and a person may both look: what they keep on the way is in the same files.
  await mkdir(join(folder, 'looking'), { recursive: true, mode: 0o700 });
  const lock = await lockState(join(folder, 'looking'));
  const client = createPlaceClient(place, { certificatePem: pin?.certificatePem ?? null }, DEADLINES);
  try {
    const fetcher = createRepositoryFetcher(client, join(folder, 'incoming'), signal);
    const platform = `${process.platform}-${process.arch}`;
    return await use(await lookForVersion({ disk, folder, pinnedRoot: root, fetcher, serverUrl, platform }));
  } finally {
    client.close();
    await lock.release();
  }
}

/**
 * Fetches a newer version, where there is one that was not given up before, and makes it the next to be tried.
 *
 * @returns the version that is offered, wanted or not; null: none.
 * @throws UpdateFailure
 */
export async function fetchUpdate(
  options: UpdateSource & {
    readonly world: UpdateWorld;
    readonly host: Host;
    readonly log: Log;
    /** The version that asks. */
    readonly running: string;
  },
): Promise<string | null> {
  const { world, folder, host, log, running } = options;
  return withOffer(options, async (offered) => {
    if (offered === null) return null;
    const state = await world.read();
    if (!isWanted(state, offered, running)) return offered.version;
    await removeOtherPrograms(folder, state.current === null ? [] : [state.current.version]);
    log.info(`version ${offered.version} of the agent is fetched (${offered.sizeBytes} bytes)`);
    await tryVersion(world, await installProgram(folder, offered, host));
    log.info(`version ${offered.version} of the agent is verified and waits for a quiet moment`);
    return offered.version;
  });
}
