import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SupervisedChild {
  /** Asks the child to end by closing its standard input, insists after a while, and resolves when it is gone. */
  stop(): Promise<void>;
}

export interface Supervision {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets each line that the child writes. */
  readonly onLine: (line: string) => void;
  /** The child ended by itself. @returns false: it is not to be started again; else it is, after the pause. */
  readonly onEnd: (how: string, pauseMs: number) => boolean;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** A child that lived so long was well: the next pause is the first one again. */
const WELL_AFTER_MS = 60_000;
/** An agent finishes what it can within 5 s; an installation under way is no child of it and goes on. */
const STOP_PATIENCE_MS = 10_000;
const LINE_LIMIT_CHARACTERS = 64 * 1024;

/**
 * Keeps a child process running, with growing pauses between its starts. The child watches its standard input: it is a
 * pipe that closes when this process ends in whatever way, so no orphan is left behind. It has a session of its own, so
 * that Ctrl-C reaches it through us, in order.
 */
export function supervise({ argv, env, onLine, onEnd }: Supervision): SupervisedChild {
  const stop = new AbortController();
  let child: ChildProcess | undefined;

  async function keepRunning(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!stop.signal.aborted) {
      const startedMs = performance.now();
      const [command = '', ...words] = argv;
      child = spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env });
      const how = await ended(child, onLine);
      if (stop.signal.aborted) return;
      if (performance.now() - startedMs > WELL_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
      if (!onEnd(how, pauseMs)) return;
      await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  }

  const kept = keepRunning();
  return {
    async stop() {
      stop.abort();
      child?.stdin?.end();
      const insist = setTimeout(() => child?.kill('SIGKILL'), STOP_PATIENCE_MS);
      await kept;
      clearTimeout(insist);
    },
  };
}

function ended(child: ChildProcess, onLine: (line: string) => void): Promise<string> {
  child.stdin?.on('error', () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, LINE_LIMIT_CHARACTERS);
      for (const line of lines) onLine(line);
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
}
