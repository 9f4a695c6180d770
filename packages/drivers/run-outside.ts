import { detachedExitCode } from './detached.ts';
import type { Host } from './host.ts';
import { createStopwatch } from './stopwatch.ts';

/** A command that does what the agent's own sandbox forbids: on a machine with systemd it runs in a unit of its own. */
export interface OutsideCommand {
  /** Also the unit's name. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Absolute; made for this command alone, and kept. */
  readonly directory: string;
  readonly deadlineMs: number;
  /** Stops the waiting, not the command. */
  readonly signal?: AbortSignal;
}

export interface OutsideEnd {
  /** Null: it was killed, or stopped by us. */
  readonly exitCode: number | null;
  /** The end of what it printed. */
  readonly output: string;
  /** `left`: the signal fired, and it runs on. */
  readonly stopped: 'deadline' | 'output' | 'left' | null;
}

const FIRST_POLL_MS = 20;
const POLL_MS = 250;
/** What a command may print. More is a runaway, that would fill the disk of the agent's state. */
const OUTPUT_BYTES = 4 * 1024 * 1024;
const OUTPUT_TAIL_BYTES = 64 * 1024;

/** @throws HostError when it can't be started; how it ends is a value. */
export async function runOutside(host: Host, command: OutsideCommand): Promise<OutsideEnd> {
  const { name, argv, env = {}, directory } = command;
  await host.makeDirectory(directory, { mode: 0o700 });
  await host.startDetached({ name, argv, env, directory });
  return waitOutside(host, command);
}

/** Waits for a command that an earlier life of ours may have started; one that never was has ended. */
export async function waitOutside(host: Host, command: Omit<OutsideCommand, 'argv' | 'env'>): Promise<OutsideEnd> {
  const { directory, deadlineMs, signal } = command;
  const elapsedMs = createStopwatch(host);
  let stopped: OutsideEnd['stopped'] = null;
  for (let pollMs = FIRST_POLL_MS; await host.detachedRuns(command); pollMs = Math.min(POLL_MS, pollMs * 2)) {
    const printedBytes = (await host.stat(`${directory}/output`))?.sizeBytes ?? 0;
    if (signal?.aborted === true) stopped = 'left';
    else if (printedBytes > OUTPUT_BYTES) stopped = 'output';
    else if (elapsedMs() > deadlineMs) stopped = 'deadline';
    if (stopped !== null) break;
    await host.sleep(pollMs, signal);
  }
  if (stopped === 'deadline' || stopped === 'output') await host.stopDetached(command);
  const exitCode = stopped === null ? await detachedExitCode(host, directory) : null;
  return { exitCode, output: await readTail(host, `${directory}/output`), stopped };
}

async function readTail(host: Host, path: string): Promise<string> {
  const sizeBytes = (await host.stat(path))?.sizeBytes ?? 0;
  const offsetBytes = Math.max(0, sizeBytes - OUTPUT_TAIL_BYTES);
  return (await host.readRange(path, { offsetBytes, lengthBytes: OUTPUT_TAIL_BYTES }))?.toString('utf8') ?? '';
}
