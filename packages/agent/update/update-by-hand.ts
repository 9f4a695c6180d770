import type { Host } from '@thimble/drivers';
import { AgentError } from '../agent-error.ts';
import { systemClock } from '../clock.ts';
import type { Log } from '../log.ts';
import { openDisk } from '../state/disk.ts';
import { readIdentity } from '../state/identity.ts';
import { AGENT_VERSION } from '../version.ts';
import { fetchUpdate, withOffer } from './fetch-update.ts';
import { makeUpdateFolder, openUpdateWorld } from './open-world.ts';
import { readPinnedRoot } from './pinned-root.ts';
import { settleTrial } from './switch-version.ts';
import { NO_UPDATES } from './update-state.ts';
import { PROBATION_SECONDS } from './guard.ts';

export interface ByHandOptions {
  readonly stateDirectory: string;
  readonly host: Host;
  readonly log: Log;
  /** Absolute path of the packaged program. */
  readonly program: string;
}

export interface UpdateFound {
  readonly running: string;
  /** What the repository offers for this machine; null: nothing. */
  readonly offered: string | null;
  /** Installed and not proven yet: it runs from the agent's next start on, or runs already; null: none. */
  readonly trial: string | null;
}

/**
 * What a person asks for: looks, and where `checkOnly` is false also fetches and switches. A version that was given up
 * stays so, unless `retry` is set.
 *
 * @throws AgentError `not-enrolled`, `no-update-root`, `already-running` (the agent looks at this moment)
 * @throws UpdateFailure
 */
export async function updateByHand(
  options: ByHandOptions & { readonly checkOnly: boolean; readonly retry: boolean },
): Promise<UpdateFound> {
  const { stateDirectory, host, log, checkOnly, retry } = options;
  const disk = await openDisk(stateDirectory);
  const identity = await readIdentity(disk);
  if (identity === null)
    throw new AgentError('not-enrolled', 'input', 'this endpoint is not enrolled: thimble agent enroll');
  const root = await readPinnedRoot(disk);
  if (root === null) {
    const message =
      'this agent does not update itself: no root of its releases is known here (thimble agent update --trust-root FILE)';
    throw new AgentError('no-update-root', 'input', message);
  }
  const folder = await makeUpdateFolder(stateDirectory);
  const world = await openUpdateWorld({ ...options, clock: systemClock });
  // Also the way out of a damaged state: then the packaged program is the one that is known to be good.
  const kept = async () => ({ ...(await world.read().catch(() => NO_UPDATES)), givenUp: [] });
  if (retry) await world.exclusively(async () => world.write(await kept()));
  const running = (await world.read()).current?.version ?? AGENT_VERSION;
  const source = { disk, identity, folder, root, signal: new AbortController().signal };
  const offered = checkOnly
    ? await withOffer(source, (found) => Promise.resolve(found?.version ?? null))
    : await fetchUpdate({ ...source, world, host, log, running });
  const { trial } = await world.read();
  // Else the agent asks for it itself as soon as its order is done.
  if (!checkOnly && trial !== null && (await world.isIdle())) await world.restart();
  return { running, offered, trial: trial?.version ?? null };
}

/** What the guard's timer runs. */
export async function settleUpdate(options: ByHandOptions): Promise<void> {
  const world = await openUpdateWorld({ ...options, clock: systemClock });
  await settleTrial(world, `it did not check in within ${PROBATION_SECONDS / 60} minutes`, options.log);
}
