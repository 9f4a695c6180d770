import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import type { Host } from '@thimble/drivers';
import { systemClock } from '../clock.ts';
import type { Log } from '../log.ts';
import { AGENT_VERSION } from '../version.ts';
import { openUpdateWorld } from './open-world.ts';
import { programFile } from './programs.ts';
import { chooseVersion } from './switch-version.ts';

/** Says to a version that was launched by the packaged program which file that is, and which digest it has itself. */
const PROGRAM_VARIABLE = 'THIMBLE_AGENT_PROGRAM';
const RUNS_VARIABLE = 'THIMBLE_AGENT_RUNS';

/** How this process came to run. */
export interface Launched {
  /** Absolute path of the packaged program. */
  readonly program: string;
  /** Of the version that runs; null: the packaged program itself. */
  readonly sha256: string | null;
}

/**
 * What the packaged program does before it is the agent: where a newer version was installed by an update, that one
 * takes the place of this process (execve(2)), so nothing of ours stays in memory. What goes wrong on the way is told, and
 * the packaged program runs.
 *
 * @param words of the command line, from `agent` on
 */
export async function launchNewest(options: {
  readonly stateDirectory: string;
  readonly host: Host;
  readonly log: Log;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<Launched> {
  const { stateDirectory, host, log, words, env } = options;
  const launchedBy = env[PROGRAM_VARIABLE];
  if (launchedBy !== undefined) return { program: launchedBy, sha256: env[RUNS_VARIABLE] ?? null };
  const own: Launched = { program: process.execPath, sha256: null };
  const everUpdated = await stat(join(stateDirectory, 'update', 'state')).catch(() => null);
  if (everUpdated === null) return own;
  try {
    const world = await openUpdateWorld({ stateDirectory, host, clock: systemClock, program: own.program });
    const chosen = await chooseVersion(world, AGENT_VERSION, log);
    if (chosen === null) return own;
    const file = programFile(join(stateDirectory, 'update'), chosen.version);
    const environment = { ...env, [PROGRAM_VARIABLE]: own.program, [RUNS_VARIABLE]: chosen.sha256 };
    // Where the kernel refuses the file, Node aborts: a trial has used one of its starts then.
    process.execve?.(file, [file, ...words], environment);
  } catch (error) {
    log.error(`no updated version of the agent can be started: ${(error as Error).message}`);
  }
  return own;
}
