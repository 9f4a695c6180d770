import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Binaries, chooseBinaries, listBinaries } from './binaries.ts';
import { plainEnvironment } from './command.ts';
import { assertReachable, makePrivateDirectory, makeRuntimeDirectory, removeStaleSockets } from './directories.ts';
import { PostgresError } from './error.ts';
import { DATABASE_ROLE, existingMajor, initialise } from './initialise.ts';
import { clearLeftovers } from './leftovers.ts';
import { usableBinaries } from './local-copy.ts';
import { type OperatingUser, asUser, chooseUser } from './operating-user.ts';
import { ensureDatabase, untilReady } from './ready.ts';

/** How a stop escalates: fast shutdown, then immediate, then the kernel. Crash recovery makes even the last one safe. */
const STOP_PATIENCE_MS = { SIGINT: 20_000, SIGQUIT: 5_000 } as const;
const KEPT_LOG_LINES = 40;

export interface PostgresOptions {
  /** Folder of the whole data directory; the cluster lives in its `postgres` folder. */
  readonly dataDirectory: string;
  readonly sharedBuffersMb: number;
  readonly maximumConnections: number;
  /** Gets each line that the server logs. */
  readonly onLog: (line: string) => void;
  /** What may be started; for tests. */
  readonly binaries?: readonly Binaries[];
  /** Throw-away data of a test: no waiting for the disk. */
  readonly disposable?: boolean;
}

export interface RunningPostgres {
  readonly socketDirectory: string;
  readonly user: string;
  readonly database: string;
  readonly major: number;
  readonly pid: number;
  /** Settles when the server has ended, asked or not, with the last lines of its log. */
  readonly ended: Promise<{ readonly asked: boolean; readonly reason: string }>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts PostgreSQL for this process alone: Unix socket only, in a folder that only its user can open, and it gets SIGINT
 * from the kernel when this process dies. The caller holds the data directory's instance lock.
 *
 * @throws PostgresError
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const user = chooseUser();
  await mkdir(options.dataDirectory, { recursive: true });
  // Root's data directory must let PostgreSQL's user through to its own folder; what is secret has folders of its own.
  if (user !== undefined) await chmod(options.dataDirectory, 0o711);
  const runtime = await makeRuntimeDirectory(options.dataDirectory);
  const socketDirectory = join(runtime, 'postgres');
  const cluster = join(options.dataDirectory, 'postgres');
  const clusterName = `thimble-${createHash('sha256').update(cluster).digest('hex').slice(0, 12)}`;
  await makePrivateDirectory(socketDirectory, user);
  await assertReachable(user, socketDirectory);
  const present = await existingMajor(cluster);
  const chosen = chooseBinaries(options.binaries ?? listBinaries(), present);
  const binaries = await usableBinaries(chosen, user, join(options.dataDirectory, 'postgres-binaries'));
  if (present === undefined) await initialise(binaries, cluster, user);
  await makePrivateDirectory(cluster, user);
  await clearLeftovers(cluster, clusterName);
  await removeStaleSockets(socketDirectory);

  const server = launch(binaries, { ...options, cluster, clusterName, socketDirectory, user });
  const running = supervise(server.child, server.lastLines);
  const target = { host: socketDirectory, user: DATABASE_ROLE };
  try {
    await untilReady(target, running.ended);
    await ensureDatabase(target, DATABASE_ROLE);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return {
    ...running,
    socketDirectory,
    user: DATABASE_ROLE,
    database: DATABASE_ROLE,
    major: binaries.major,
    pid: server.child.pid ?? 0,
  };
}

interface Launch extends PostgresOptions {
  readonly cluster: string;
  readonly clusterName: string;
  readonly socketDirectory: string;
  readonly user: OperatingUser | undefined;
}

function launch(binaries: Binaries, options: Launch): { child: ChildProcess; lastLines: () => string } {
  const parameters: Record<string, string | number> = {
    listen_addresses: '',
    // A list separated by commas, hence the quotes around a path that may hold one.
    unix_socket_directories: `"${options.socketDirectory.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    cluster_name: options.clusterName,
    shared_buffers: `${options.sharedBuffersMb}MB`,
    max_connections: options.maximumConnections,
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '1GB',
    jit: 'off',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '',
    timezone: 'UTC',
    ...(binaries.major >= 18 ? { io_method: 'sync' } : {}),
    ...(options.disposable === true ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const [program = '', ...words] = [
    ...asUser(options.user, 'INT'),
    join(binaries.bin, 'postgres'),
    '-D',
    options.cluster,
    ...Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const lines: string[] = [];
  // A session of its own: Ctrl-C in the terminal is for us, and we stop the database after our last write to it.
  const child = spawn(program, words, {
    cwd: '/',
    env: plainEnvironment(),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((each) => each !== '')) {
      lines.push(line);
      if (lines.length > KEPT_LOG_LINES) lines.shift();
      options.onLog(line);
    }
  });
  return { child, lastLines: () => lines.join('\n') };
}

function supervise(child: ChildProcess, lastLines: () => string): Pick<RunningPostgres, 'ended' | 'stop'> {
  let asked = false;
  const ended = new Promise<{ asked: boolean; reason: string }>((resolve) => {
    child.once('error', (error) => resolve({ asked, reason: `it could not be started: ${error.message}` }));
    child.once('exit', (code, signal) =>
      resolve({ asked, reason: `it ended with ${signal ?? `status ${code}`}. Its last words:\n${lastLines()}` }),
    );
  });
  const stop = async (): Promise<void> => {
    asked = true;
    for (const [signal, patienceMs] of Object.entries(STOP_PATIENCE_MS)) {
      child.kill(signal as NodeJS.Signals);
      if (await settlesWithin(ended, patienceMs)) return;
    }
    child.kill('SIGKILL');
    await ended;
  };
  return { ended, stop };
}

async function settlesWithin(promise: Promise<unknown>, deadlineMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, deadlineMs, false)));
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Turns an end that nobody asked for into the error that a person reads. */
export function unexpectedEnd(reason: string): PostgresError {
  return new PostgresError('start-failed', `PostgreSQL is gone: ${reason}`);
}
