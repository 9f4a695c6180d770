import type { CheckInReply, CheckInRequest } from '@thimble/protocol';
import type { Host } from '@thimble/drivers';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Disk } from '../state/disk.ts';
import type { Identity } from '../state/identity.ts';
import { AGENT_VERSION } from '../version.ts';
import type { Launched } from './launch.ts';
import { makeUpdateFolder, openUpdateWorld } from './open-world.ts';
import { readPinnedRoot } from './pinned-root.ts';
import { confirmVersion } from './switch-version.ts';

/** The agent's own updates, for whoever talks to the server. */
export interface SelfUpdate {
  /** It has a root, so the server may count on it to take new versions. */
  readonly takes: boolean;
  /** What a check-in says about updates: a version that was given up here; undefined: nothing. */
  report(): Promise<CheckInRequest['agentUpdate']>;
  /** After a check-in that the server answered: the version that runs has proven itself. Errors are told, never thrown. */
  prove(): Promise<void>;
  /**
   * Where the server says that there may be news, they are looked for, once at a time, and fetched. Resolves when that is
   * over; errors are told, never thrown.
   */
  look(reply: CheckInReply): Promise<void>;
  /** Nothing is under way: a version that waits is switched to. Errors are told, never thrown. */
  idle(): Promise<void>;
  close(): void;
}

export interface SelfUpdateOptions {
  readonly stateDirectory: string;
  readonly disk: Disk;
  readonly identity: Identity;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Log;
  readonly launched: Launched;
}

/** Between two looks of a process: the server's word is no more than a hint. */
const LOOK_EVERY_MS = 3_600_000;
const REASON_CHARACTERS = 500;

/** @returns undefined: no root is pinned, so this endpoint takes no updates. @throws AgentError */
export async function openSelfUpdate(options: SelfUpdateOptions): Promise<SelfUpdate | undefined> {
  const { stateDirectory, disk, host, clock, log, launched } = options;
  const root = await readPinnedRoot(disk);
  if (root === null && launched.sha256 === null) return undefined;
  const world = await openUpdateWorld({ stateDirectory, host, clock, program: launched.program });
  const folder = await makeUpdateFolder(stateDirectory);
  const stop = new AbortController();
  let looking = false;
  let lookedAtMs: number | null = null;
  let proven = false;

  async function telling(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!stop.signal.aborted) log.warn(`the agent's own update: ${(error as Error).message}`);
    }
  }

  return {
    takes: root !== null,
    async report() {
      const state = await world.read().catch((error: unknown) => log.warn((error as Error).message));
      const last = state?.givenUp.at(-1);
      if (last === undefined) return undefined;
      return { givenUp: { version: last.version, reason: last.reason.slice(0, REASON_CHARACTERS) } };
    },
    prove: () =>
      telling(async () => {
        if (!proven && launched.sha256 !== null) await confirmVersion(world, launched.sha256, log);
        proven = true;
      }),
    look: ({ agentUpdate }) =>
      telling(async () => {
        const isDue = lookedAtMs === null || clock.monotonic() - lookedAtMs >= LOOK_EVERY_MS;
        if (agentUpdate !== true || root === null || looking || !isDue) return;
        looking = true;
        lookedAtMs = clock.monotonic();
        try {
          // All of TUF is loaded when it is needed: an agent at rest is to stay small.
          const { fetchUpdate } = await import('./fetch-update.ts');
          await fetchUpdate({ ...options, world, folder, root, running: AGENT_VERSION, signal: stop.signal });
        } finally {
          looking = false;
        }
      }),
    idle: () =>
      telling(async () => {
        const { trial } = await world.read();
        // Whoever starts next decides: it counts the start and sets the guard up.
        if (trial === null || trial.sha256 === launched.sha256) return;
        log.info(`version ${trial.version} of the agent waits: the agent is started again`);
        await world.restart();
      }),
    close: () => stop.abort(),
  };
}
