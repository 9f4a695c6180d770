import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, lockState } from '@thimble/agent';
import { CliError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import type { PatchPlace } from './place.ts';

/** Where an enrolled endpoint's agent keeps its state, and its lock. */
const AGENT_STATE = '/var/lib/thimble-agent';
/** An agent on a timer has its lock for a check-in only: worth waiting for. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 500;

/**
 * Takes this program's own lock and, when something is to be changed, the agent's: an endpoint's agent and a person at
 * its keyboard never install at the same time.
 *
 * @throws CliError `busy`
 */
export async function lockMachine(cli: Cli, place: PatchPlace, change: boolean): Promise<{ release(): Promise<void> }> {
  const own = await patiently(cli, place.directory, 'another `thimble patch` works on this machine', undefined);
  if (!change || !existsSync(AGENT_STATE)) return own;
  try {
    const agents = await patiently(
      cli,
      AGENT_STATE,
      'this machine is an endpoint, and its agent is at work',
      'Patch it from its server (thimble runs create …), or stop the agent first: systemctl stop thimble-agent.service thimble-agent.timer',
    );
    return {
      async release() {
        await agents.release();
        await own.release();
      },
    };
  } catch (error) {
    await own.release();
    throw error;
  }
}

async function patiently(
  { signal, terminal, now }: Cli,
  directory: string,
  message: string,
  hint: string | undefined,
): Promise<{ release(): Promise<void> }> {
  const until = now().getTime() + PATIENCE_MS;
  for (;;) {
    try {
      return await lockState(directory);
    } catch (error) {
      if (!(error instanceof AgentError) || error.code !== 'already-running') throw error;
      if (signal.aborted || now().getTime() > until)
        throw new CliError('busy', `${message} (${error.message})`, { hint });
      terminal.status(`… Waiting: ${message}`);
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    } finally {
      terminal.status('');
    }
  }
}
