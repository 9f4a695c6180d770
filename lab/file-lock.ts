import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { LabError } from './lab-error.ts';

/** Another process may be building a base under the lock: longer than the slowest build. */
const WAIT_SECONDS = 900;

/**
 * Runs `work` while holding an exclusive lock on `path`, across processes. The lock is the kernel's (flock(1)), held by
 * a child that lives as long as our end of its stdin: it can't outlive us and can't go stale.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const holder = spawn('flock', ['-w', String(WAIT_SECONDS), path, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve());
    holder.once('error', reject);
    holder.once('close', () => reject(new LabError('command-failed', `no lock on ${path} within ${WAIT_SECONDS} s`)));
  });
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
