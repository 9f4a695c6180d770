import { spawn } from 'node:child_process';
import { HostError, type CommandOptions, type CommandResult } from './host.ts';

/** Enough for a dry run over thousands of packages; what a runaway command prints beyond is dropped while reading. */
const DEFAULT_OUTPUT_BYTES = 16 * 1024 * 1024;
/** How long a pipe may stay open after its command ended, because a daemon inherited it. */
const PIPE_GRACE_MS = 500;

/** Nothing of the caller's environment: no proxy, locale or LD_PRELOAD that an operator happens to have. */
export const BASE_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  HOME: '/root',
  TERM: 'dumb',
};

/**
 * Runs a command in a session and process group of its own (so no terminal either), without a shell.
 * @throws HostError `not-found` or `io` when it can't be started; how it ends is a value.
 */
export function runCommand(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [file = '', ...rest] = argv;
  const limitBytes = options.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES;
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, {
      cwd: '/',
      env: { ...BASE_ENVIRONMENT, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    let stopped: CommandResult['stopped'] = null;
    const stop = (why: 'deadline' | 'aborted') => {
      stopped ??= why;
      killGroup(child.pid);
    };
    const deadline = setTimeout(() => stop('deadline'), options.deadlineMs);
    const onAbort = () => stop('aborted');
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted === true) onAbort();
    const stdout = collect(child.stdout, limitBytes);
    const stderr = collect(child.stderr, limitBytes);
    // A command that does not read its input is no failure of ours.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
    let grace: NodeJS.Timeout | undefined;
    const settle = () => {
      clearTimeout(deadline);
      clearTimeout(grace);
      options.signal?.removeEventListener('abort', onAbort);
    };
    child.once('error', (cause: NodeJS.ErrnoException) => {
      settle();
      const code = cause.code === 'ENOENT' ? 'not-found' : cause.code === 'EACCES' ? 'permission' : 'io';
      reject(new HostError(code, `${file} can't be started: ${cause.message}`, { cause }));
    });
    child.once('exit', () => {
      grace = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, PIPE_GRACE_MS);
    });
    child.once('close', (exitCode, signal) => {
      settle();
      const truncated = stdout.truncated() || stderr.truncated();
      resolve({ exitCode, signal, stdout: stdout.text(), stderr: stderr.text(), truncated, stopped });
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group is gone already.
  }
}

function collect(stream: NodeJS.ReadableStream, limitBytes: number) {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  let cut = false;
  stream.on('data', (chunk: Buffer) => {
    const room = limitBytes - sizeBytes;
    if (chunk.length > room) cut = true;
    if (room <= 0) return;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    chunks.push(kept);
    sizeBytes += kept.length;
  });
  return { text: () => Buffer.concat(chunks).toString('utf8'), truncated: () => cut };
}
