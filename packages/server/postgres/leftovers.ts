import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresError } from './error.ts';

/** How long a server that lost its parent may take to notice (it stops within 30 ms), to stop when asked, and to be killed. */
const PATIENCE_MS = { itself: 1_500, interrupt: 20_000, quit: 10_000 } as const;
const POLL_MS = 20;

/**
 * Clears what a killed server left in its data directory. The caller holds the instance lock, so whatever still runs
 * there is an orphan. Three things are told apart, because PostgreSQL itself only asks `kill(pid, 0)`:
 * a living server (waited for, then stopped), a zombie that a lazy PID 1 has not reaped, and a pid that now belongs to
 * another program. The pid file goes only after the last process of the old server: a backend that outlived its
 * postmaster may still write.
 *
 * @throws PostgresError `orphan-stays`
 */
export async function clearLeftovers(dataDirectory: string, clusterName: string): Promise<void> {
  for (const [signal, patienceMs] of [
    [undefined, PATIENCE_MS.itself],
    ['SIGINT', PATIENCE_MS.interrupt],
    ['SIGQUIT', PATIENCE_MS.quit],
    ['SIGKILL', PATIENCE_MS.quit],
  ] as const) {
    const running = await processesOf(dataDirectory, clusterName);
    if (signal !== undefined) for (const pid of running) killQuietly(pid, signal);
    if (await allGone(dataDirectory, clusterName, patienceMs)) {
      await rm(join(dataDirectory, 'postmaster.pid'), { force: true });
      return;
    }
  }
  const pids = (await processesOf(dataDirectory, clusterName)).join(', ');
  throw new PostgresError('orphan-stays', `PostgreSQL processes ${pids} of an earlier start hold ${dataDirectory}.`);
}

async function allGone(dataDirectory: string, clusterName: string, patienceMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= patienceMs; waitedMs += POLL_MS) {
    if ((await processesOf(dataDirectory, clusterName)).length === 0) return true;
    await sleep(POLL_MS);
  }
  return false;
}

/**
 * Living processes of this data directory's server. A postmaster shows `-D DIRECTORY` in its command line and its
 * children are titled `postgres: CLUSTER_NAME: ...`. /proc/PID/cwd would say it too, but root in a container without
 * CAP_SYS_PTRACE may not read that.
 */
async function processesOf(dataDirectory: string, clusterName: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const checks = await Promise.all(
    pids.map(async (pid) => {
      const words = (await readProc(pid, 'cmdline')).split('\0');
      const isPostmaster = words[0]?.endsWith('/postgres') === true && words[words.indexOf('-D') + 1] === dataDirectory;
      if (!isPostmaster && words[0]?.startsWith(`postgres: ${clusterName}:`) !== true) return false;
      return !/^\d+ \(.*\) [ZX]/s.test(await readProc(pid, 'stat'));
    }),
  );
  return pids.filter((_, index) => checks[index]);
}

/** Empty when the process ended meanwhile, and for a zombie's command line. */
async function readProc(pid: number, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '');
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended between the look and the signal; any other failure shows as orphan-stays.
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') throw error;
  }
}
