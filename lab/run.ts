import { spawn } from 'node:child_process';
import { LabError } from './lab-error.ts';

/** What a command left behind. `code` is null when a signal ended it. */
export type RunResult = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
};

export type RunOptions = {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  /** Called at the deadline or abort in place of killing the process group, which follows 2 s later if need be. */
  readonly onKill?: () => void;
  readonly signal?: AbortSignal;
};

/** A command of the lab that is not done by then hangs. Building a base takes the longest. */
const DEFAULT_TIMEOUT_MS = 600_000;
const GRACE_MS = 2000;
/** More than any log of apt; a command that prints without end must not eat the memory of the tests. */
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Runs argv to its end, in a process group of its own, so that a deadline ends its children too. Never throws for a
 * failing command: the result says how it ended. Throws LabError `command-failed` if it can't be started and
 * `output-too-long` if it printed more than 64 MiB.
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [file, ...rest] = argv;
  if (file === undefined) throw new LabError('command-failed', 'an empty command');
  const child = spawn(file, rest, {
    detached: true,
    stdio: 'pipe',
    env: { ...(options.env ?? process.env) },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let timedOut = false;
  const killGroup = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group ended between the check and the signal.
    }
  };
  let lastResort: NodeJS.Timeout | undefined;
  const stop = (): void => {
    if (options.onKill === undefined) return killGroup();
    options.onKill();
    lastResort = setTimeout(killGroup, GRACE_MS);
  };
  const deadline = setTimeout(() => {
    timedOut = true;
    stop();
  }, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  options.signal?.addEventListener('abort', stop, { once: true });
  // A command that does not read its input (EPIPE) is not an error of ours.
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  const collected = collect(child.stdout, child.stderr, killGroup);
  try {
    const ended = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      child.once('error', (cause) => {
        reject(new LabError('command-failed', `${file} can't be started: ${cause.message}`, { cause }));
      });
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    if (collected.tooLong) throw new LabError('output-too-long', `${argv.join(' ')} printed more than 64 MiB`);
    return { ...ended, stdout: text(collected.stdout), stderr: text(collected.stderr), timedOut };
  } finally {
    clearTimeout(deadline);
    clearTimeout(lastResort);
    options.signal?.removeEventListener('abort', stop);
  }
}

/** Like `run`, but anything except exit code 0 is a LabError `command-failed` with the end of stderr. Gives stdout. */
export async function runOrThrow(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.code === 0) return result.stdout;
  const how = result.timedOut ? 'ran into its deadline' : `ended with ${String(result.code ?? result.signal)}`;
  const last = (result.stderr || result.stdout).trim().split('\n').slice(-8).join('\n');
  throw new LabError('command-failed', `${argv.slice(0, 6).join(' ')} ${how}: ${last}`);
}

type Collected = { readonly stdout: Buffer[]; readonly stderr: Buffer[]; tooLong: boolean };

function collect(stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream, stop: () => void): Collected {
  const collected: Collected = { stdout: [], stderr: [], tooLong: false };
  let sizeBytes = 0;
  const into = (chunks: Buffer[]) => (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= OUTPUT_LIMIT_BYTES) chunks.push(chunk);
    else if (!collected.tooLong) {
      collected.tooLong = true;
      stop();
    }
  };
  stdout.on('data', into(collected.stdout));
  stderr.on('data', into(collected.stderr));
  return collected;
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
