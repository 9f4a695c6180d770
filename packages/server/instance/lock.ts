import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export class LockError extends Error {
  readonly code: 'already-running' | 'no-tool';
  constructor(code: LockError['code'], message: string) {
    super(message);
    this.name = 'LockError';
    this.code = code;
  }
}

export interface InstanceLock {
  /** Writes who holds it and where it answers, for the next one's message. */
  readonly describe: (text: string) => Promise<void>;
  readonly release: () => Promise<void>;
  /** Settles if the lock is lost while it is held. */
  readonly lost: Promise<void>;
}

/** Status that flock(1) ends with when somebody else has the lock. */
const HELD = 75;
/** The child of an owner that was just killed needs a moment to see it, on a busy machine a long one. */
const ATTEMPTS = 100;
const PAUSE_MS = 50;

/**
 * Takes the data directory for this process. The lock is the kernel's (flock(2)), held by a child that ends when its
 * standard input closes, so it goes with this process however that dies and never has to be cleaned up. Unlike a pid
 * file it also holds between containers that share the directory.
 *
 * @throws LockError `already-running`, `no-tool`
 */
export async function lockInstance(dataDirectory: string): Promise<InstanceLock> {
  await mkdir(dataDirectory, { recursive: true });
  const path = join(dataDirectory, 'instance.lock');
  let holder = spawnHolder(path);
  let answer = await firstAnswer(holder);
  for (let attempt = 1; answer === 'held' && attempt < ATTEMPTS && !(await ownerLives(path)); attempt += 1) {
    await sleep(PAUSE_MS);
    holder = spawnHolder(path);
    answer = await firstAnswer(holder);
  }
  if (answer === 'held') {
    const owner = (await readFile(path, 'utf8').catch(() => '')).trim() || 'another process';
    throw new LockError(
      'already-running',
      `the data directory ${dataDirectory} is in use by ${owner}. Use that one, stop it first, or choose another directory with --data or THIMBLE_DATA.`,
    );
  }
  if (answer !== 'locked')
    throw new LockError(
      'no-tool',
      `${path} could not be locked (${answer}). Install flock: apt-get install util-linux.`,
    );
  await writeFile(path, `process ${process.pid}\n`);
  let released = false;
  const ended = once(holder, 'exit');
  return {
    describe: (text) => writeFile(path, `process ${process.pid}, ${text}\n`),
    lost: ended.then(() => (released ? new Promise<void>(() => undefined) : undefined)),
    release: async () => {
      released = true;
      holder.stdin?.end();
      await ended;
    },
  };
}

/** Whether the process that the file names is there: then there is nothing to wait for. */
async function ownerLives(path: string): Promise<boolean> {
  const [, pid] = /^process (\d+)/.exec(await readFile(path, 'utf8').catch(() => '')) ?? [];
  if (pid === undefined) return false;
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  return stat !== '' && !/^\d+ \(.*\) [ZX]/s.test(stat);
}

/**
 * A session of its own, and deaf to polite signals: Ctrl-C in a terminal and systemd's SIGTERM to the whole service must
 * not end the lock before the database.
 */
function spawnHolder(path: string): ChildProcess {
  return spawn(
    'flock',
    [
      '--nonblock',
      '--conflict-exit-code',
      String(HELD),
      path,
      'sh',
      '-c',
      "trap '' TERM INT HUP; echo locked; exec cat >/dev/null",
    ],
    { stdio: ['pipe', 'pipe', 'ignore'], detached: true, cwd: '/' },
  );
}

function firstAnswer(holder: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    holder.stdout?.once('data', () => resolve('locked'));
    holder.once('error', (error) => resolve(error.message));
    holder.once('exit', (code) => resolve(code === HELD ? 'held' : `flock ended with ${code}`));
  });
}
