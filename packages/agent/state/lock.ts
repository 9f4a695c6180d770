import { spawn } from 'node:child_process';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '../agent-error.ts';

/**
 * One agent per state directory. The lock is flock(2)'s, taken through flock(1) on a descriptor that this process
 * keeps open: it belongs to the open file, so it goes with the process whatever ends it, and can't be stale.
 * Node opens files close-on-exec: nothing that the agent starts keeps the lock.
 *
 * @throws AgentError `already-running`, naming the process; `lock-unavailable` without util-linux's flock.
 */
export async function lockState(directory: string): Promise<{ release(): Promise<void> }> {
  const handle = await open(join(directory, 'lock'), 'a+', 0o600);
  try {
    const exitCode = await flock(handle);
    if (exitCode === 0) {
      await handle.truncate(0);
      await handle.write(`${process.pid}\n`);
      return { release: () => handle.close() };
    }
    const holder = (await readStart(handle)).trim();
    throw new AgentError(
      'already-running',
      'conflict',
      `another agent${holder === '' ? '' : ` (process ${holder})`} works in ${directory}`,
    );
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function flock(handle: FileHandle): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', ['--exclusive', '--nonblock', '3'], {
      stdio: ['ignore', 'ignore', 'ignore', handle.fd],
    });
    child.on('error', (cause) =>
      reject(
        new AgentError('lock-unavailable', 'host', `flock(1) of util-linux can't be run: ${cause.message}`, { cause }),
      ),
    );
    child.on('exit', (code) => resolve(code));
  });
}

async function readStart(handle: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(32), 0, 32, 0);
  return buffer.subarray(0, bytesRead).toString('latin1');
}
