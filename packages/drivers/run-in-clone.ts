import type { Gap } from '@thimble/protocol';
import { HostError, type Host } from './host.ts';
import { createStopwatch } from './stopwatch.ts';
import { CLONE_SCRIPT } from './trial/clone-script.ts';
import { parseCloneReport, type CloneReport } from './trial/clone-report.ts';
import { GUARD_SCRIPT, OUTPUT_TAIL_BYTES } from './trial/guard-script.ts';
import { placesOf, type Places } from './trial/places.ts';
import { STAND_IN_PROGRAMS } from './trial/stand-ins.ts';
import { chooseUpper, type Upper } from './trial/upper.ts';

export type { StepResult } from './trial/clone-report.ts';
export { STAND_INS } from './trial/clone-script.ts';

export interface CloneStep {
  readonly argv: readonly string[];
  readonly deadlineMs: number;
  /** `loud`: its output is that of the whole run, and descriptor 3 is the run's. Else so many bytes of it are kept. */
  readonly output: 'loud' | number;
}

export interface CloneTask {
  readonly host: Host;
  /** The clone is killed, and what it was is removed. */
  readonly signal: AbortSignal;
  /** Absolute path of a folder of this run alone, which is removed at the end. */
  readonly folder: string;
  /** A name of its own, see DetachedCommand. */
  readonly name: string;
  readonly steps: readonly CloneStep[];
  readonly env: Readonly<Record<string, string>>;
  readonly limits: { readonly deadlineMs: number; readonly diskBytes: number; readonly memoryBytes: number };
  /** Folders of which a copy is worth nothing → why. */
  readonly hidden: ReadonlyMap<string, string>;
  /** Lines that steps wrote to descriptor 3, as they come. */
  line(line: string): void;
}

export type CloneRun =
  | { readonly kind: 'impossible'; readonly why: string }
  | { readonly kind: 'cancelled' }
  | ({ readonly kind: 'ran'; readonly clone: string; readonly output: string } & Omit<
      CloneReport,
      'impossible' | 'made'
    >);

const POLL_MS = 100;
/** The script notices its deadline within a second, and needs some to report. */
const DEADLINE_GRACE_MS = 15_000;
/** A large data base's or web server's unit has as many; a fork bomb is stopped by it. */
const PROCESSES_MAX = 4096;
/** Files that the clone's own programs need besides: pipes, libraries' private pages. */
const MEMORY_MARGIN_BYTES = 32 * 1024 * 1024;
const MOUNTINFO_BYTES = 16 * 1024 * 1024;
/** All steps' outputs in base64, and apt's progress. */
const STATUS_BYTES = 64 * 1024 * 1024;
const STATUS_PIECE_BYTES = 1024 * 1024;

/**
 * Runs commands one after another, as root, in a throw-away copy-on-write clone of the machine: namespaces, file systems and services of
 * its own, no network. The clone is killed as a whole at its end, at a limit, when the caller asks, and when the caller is dead.
 */
export async function runInClone(task: CloneTask): Promise<CloneRun> {
  const { host, folder, name } = task;
  try {
    // One of an earlier life that was killed.
    await host.stopDetached({ name, directory: folder });
    await host.remove(folder);
    return await run(task);
  } catch (error) {
    if (!(error instanceof HostError) || error.code === 'disk-full') throw error;
    return { kind: 'impossible', why: error.message.slice(0, 2_000) };
  } finally {
    await host.stopDetached({ name, directory: folder });
    await host.remove(folder);
  }
}

async function run(task: CloneTask): Promise<CloneRun> {
  const { host, folder, name, limits } = task;
  await host.makeDirectory(folder, { mode: 0o700 });
  const upper = await chooseUpper(host, folder, limits);
  if (typeof upper !== 'string') return { kind: 'impossible', why: upper.why };
  // Our own may be a sandbox's; the clone is made outside of it.
  const mountinfo = await host.readFile('/proc/1/mountinfo', { maxBytes: MOUNTINFO_BYTES });
  if (mountinfo === null) return { kind: 'impossible', why: 'the mounts of this machine can not be read' };
  const { places, gaps } = placesOf(mountinfo.toString('utf8'), task.hidden);
  await writeSteps(task);
  const inMemoryBytes = upper === 'folder' ? 0 : limits.diskBytes;
  await host.startDetached({
    name,
    directory: folder,
    env: task.env,
    argv: commandLine(task, upper, places),
    limits: {
      memoryBytes: limits.memoryBytes + inMemoryBytes + MEMORY_MARGIN_BYTES,
      processes: PROCESSES_MAX,
      deadlineMs: limits.deadlineMs + DEADLINE_GRACE_MS,
    },
  });
  const report = parseCloneReport(await follow(task));
  if (task.signal.aborted) return { kind: 'cancelled' };
  const output = (await host.readFile(`${folder}/output`, { maxBytes: 2 * OUTPUT_TAIL_BYTES }))?.toString('utf8') ?? '';
  return concluded(report, gaps, upper === 'memory' ? 'overlay in memory' : `overlay on ${folder}`, output);
}

function commandLine(task: CloneTask, upper: Upper, places: Places['places']): readonly string[] {
  const { host, folder, limits } = task;
  // To tmpfs(5) a size of 0 is no limit.
  const diskBytes = Math.max(1, limits.diskBytes);
  const inside = [folder, upper, diskBytes, limits.memoryBytes, Math.ceil(limits.deadlineMs / 1000)].map(String);
  const guard = ['sh', '-c', GUARD_SCRIPT, 'thimble-trial', String(host.ownProcessId ?? 1)];
  return [
    ...guard,
    'sh',
    '-c',
    CLONE_SCRIPT,
    'thimble-clone',
    ...inside,
    ...places.flatMap(({ kind, path, flags }) => [kind, path, flags]),
  ];
}

/** As the script reads them: a file each of words that end with a zero byte, and in its name the number and the bounds. */
async function writeSteps({ host, folder, steps }: CloneTask): Promise<void> {
  await host.makeDirectory(`${folder}/steps`);
  for (const [index, { argv, deadlineMs, output }] of steps.entries()) {
    const name = `${String(index).padStart(4, '0')}-${Math.max(1, Math.ceil(deadlineMs / 1000))}-${output}`;
    await host.writeFile(`${folder}/steps/${name}`, argv.map((word) => `${word}\0`).join(''));
  }
}

/** Waits for the end; gives all that was written to descriptor 3. */
async function follow(task: CloneTask): Promise<string> {
  const { host, folder, name, limits } = task;
  const elapsedMs = createStopwatch(host);
  const pieces: string[] = [];
  let offsetBytes = 0;
  let rest = '';
  const read = async () => {
    const piece = await host.readRange(`${folder}/status`, { offsetBytes, lengthBytes: STATUS_PIECE_BYTES });
    if (piece === null || piece.length === 0 || offsetBytes > STATUS_BYTES) return false;
    offsetBytes += piece.length;
    // Steps' outputs are base64 and apt's messages are cut for display: a torn character harms nothing.
    const text = piece.toString('latin1');
    pieces.push(text);
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (!line.startsWith('trial ')) task.line(line);
    return true;
  };
  while (!task.signal.aborted && (await host.detachedRuns({ name, directory: folder }))) {
    if (elapsedMs() > limits.deadlineMs + 2 * DEADLINE_GRACE_MS) break;
    await read();
    await host.sleep(POLL_MS, task.signal);
  }
  while (await read());
  return pieces.join('');
}

function concluded(report: CloneReport, gaps: readonly Gap[], clone: string, output: string): CloneRun {
  const { impossible, made, ...rest } = report;
  if (impossible !== null) return { kind: 'impossible', why: impossible.slice(0, 2_000) };
  if (!made) return { kind: 'impossible', why: output.trim().slice(-2_000) || 'the clone could not be started' };
  const stoodIn = report.stoodIn.map((program) => ({
    what: program,
    why: STAND_IN_PROGRAMS.get(program) ?? 'it did nothing in the clone',
  }));
  return { kind: 'ran', clone, output, ...rest, gaps: [...gaps, ...report.gaps, ...stoodIn] };
}
