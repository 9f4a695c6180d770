import type { OrderStage } from '@thimble/protocol';
import type { Task } from '../driver.ts';
import { detachedExitCode } from '../detached.ts';
import type { Host } from '../host.ts';
import { createStopwatch } from '../stopwatch.ts';
import { attemptName } from './order-folder.ts';

/** How a detached installation or repair ended; exit code null: it was killed, by a crash or a power cut. */
export interface DetachedEnd {
  readonly exitCode: number | null;
  readonly output: string;
  readonly deadlinePassed: boolean;
}

const POLL_MS = 100;
const PROGRESS_EVERY_MS = 1_000;
/** The end of a log that a person reads and that errors are found in. */
const OUTPUT_TAIL_BYTES = 256 * 1024;
const STATUS_PIECE_BYTES = 64 * 1024;

/** For maintainer scripts: no questions, no restarts by others, no viewers. */
export const INSTALL_ENVIRONMENT: Readonly<Record<string, string>> = {
  DEBIAN_FRONTEND: 'noninteractive',
  DEBIAN_PRIORITY: 'critical',
  UCF_FORCE_CONFFOLD: '1',
  NEEDRESTART_SUSPEND: '1',
  APT_LISTCHANGES_FRONTEND: 'none',
  APT_LISTBUGS_FRONTEND: 'none',
  SYSTEMD_PAGER: '',
};

export async function runDetached(
  task: Task,
  directory: string,
  argv: readonly string[],
  options: { readonly stage: OrderStage; readonly deadlineMs: number },
): Promise<DetachedEnd> {
  await task.host.startDetached({ name: attemptName(directory), argv, env: INSTALL_ENVIRONMENT, directory });
  return waitDetached(task, directory, options);
}

/** Waits for a detached command, also for one that an earlier life of ours started. */
export async function waitDetached(
  task: Task,
  directory: string,
  { stage, deadlineMs }: { readonly stage: OrderStage; readonly deadlineMs: number },
): Promise<DetachedEnd> {
  const { host } = task;
  const elapsedMs = createStopwatch(host);
  const status = followStatus(host, `${directory}/status`);
  let toldMs = -Infinity;
  let deadlinePassed = false;
  while (await host.detachedRuns({ name: attemptName(directory), directory })) {
    const waitedMs = elapsedMs();
    if (waitedMs > deadlineMs) {
      deadlinePassed = true;
      await host.stopDetached({ name: attemptName(directory), directory });
      break;
    }
    if (waitedMs - toldMs >= PROGRESS_EVERY_MS) {
      toldMs = waitedMs;
      const step = await status();
      if (step !== null) task.progress({ stage, ...step });
    }
    await host.sleep(POLL_MS);
  }
  return {
    exitCode: await detachedExitCode(host, directory),
    output: await readTail(host, `${directory}/output`),
    deadlinePassed,
  };
}

/** The last line of APT::Status-Fd since it was asked before (apt's README.progress-reporting). */
function followStatus(host: Host, path: string) {
  let offsetBytes = 0;
  return async (): Promise<{ percent: number | null; message: string } | null> => {
    const piece = await host.readRange(path, { offsetBytes, lengthBytes: STATUS_PIECE_BYTES });
    if (piece === null || piece.length === 0) return null;
    offsetBytes += piece.length;
    const lines = piece.toString('utf8').trim().split('\n');
    return parseStatusLine(lines.at(-1) ?? '');
  };
}

export function parseStatusLine(line: string): { percent: number | null; message: string } | null {
  const match = /^(?:pmstatus|dlstatus|pmerror|pmconffile):[^:]*(?::[a-z0-9-]+)?:(\d{1,3}(?:\.\d+)?):(.*)$/.exec(line);
  if (match?.[1] === undefined) return null;
  return { percent: Math.min(100, Math.floor(Number(match[1]))), message: (match[2] ?? '').slice(0, 500) };
}

async function readTail(host: Host, path: string): Promise<string> {
  const stat = await host.stat(path);
  if (stat === null) return '';
  const offsetBytes = Math.max(0, stat.sizeBytes - OUTPUT_TAIL_BYTES);
  return (await host.readRange(path, { offsetBytes, lengthBytes: OUTPUT_TAIL_BYTES }))?.toString('utf8') ?? '';
}
