import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { ClientConfig } from 'pg';
import { apiSocketPath } from '../../../api-socket.ts';

const READY_MS = 60_000;
const STOP_MS = 20_000;
const LOG_CHARACTERS = 8_000;

export interface Reply {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** A server that is killed and started again on the same folder, database and port. */
export interface ServerProcess {
  readonly url: string;
  /** Until it answers. Meanwhile the next one is loaded, so that starting it again takes little. */
  readonly start: () => Promise<void>;
  /** kill -9. */
  readonly kill: () => Promise<void>;
  /** As the local operator; `path` below /api/v1. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<Reply>;
  /** The end of what it logged, for messages. */
  readonly log: () => string;
  /** Ends all of its processes. */
  readonly close: () => Promise<void>;
}

/** @param flags settings by flag without dashes */
export async function createServerProcess(
  data: string,
  { host = '', user = '', database = '' }: ClientConfig,
  flags: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const port = await freePort();
  const settings = {
    data,
    host: '127.0.0.1',
    port: String(port),
    feeds: 'off',
    'database-url': `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}`,
    'content-access': 'open',
    'content-reserve-mb': '0',
    'log-level': 'warn',
    'log-format': 'json',
    ...flags,
  };
  const argv = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  let log = '';
  const load = (): Loading => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, ...argv], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: cleanEnvironment(),
    });
    child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-LOG_CHARACTERS)));
    // Who is killed reads no more of what is written to it.
    child.stdin.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout });
    return { child, lines };
  };
  let waiting: Loading | undefined;
  let running: ChildProcess | undefined;
  const end = async (child: ChildProcess | undefined, signal: 'SIGKILL' | null): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    if (signal === null) child.stdin?.end();
    else child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(late);
  };
  return {
    url: `http://127.0.0.1:${port}`,
    start: async () => {
      const { child, lines } = waiting ?? load();
      running = child;
      child.stdin?.write('begin\n');
      const signal = AbortSignal.timeout(READY_MS);
      const ended = once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`the server ended with ${String(code)}\n${log}`);
      });
      ended.catch(() => undefined);
      let line = '';
      while (line !== 'ready') [line] = (await Promise.race([once(lines, 'line', { signal }), ended])) as [string];
      waiting = load();
    },
    kill: () => end(running, 'SIGKILL'),
    call: (method, path, body) => call(apiSocketPath(data), method, path, body),
    log: () => log,
    close: async () => {
      await end(waiting?.child, 'SIGKILL');
      await end(running, null);
    },
  };
}

interface Loading {
  readonly child: ChildProcess;
  readonly lines: ReturnType<typeof createInterface>;
}

const PROGRAM = join(import.meta.dirname, 'server-program.ts');
/** So that a server that is started again compiles nothing twice. */
const COMPILED = join(import.meta.dirname, '..', '..', '..', '..', '..', 'node_modules', '.cache', 'node-compile');

async function call(socketPath: string, method: string, path: string, body: unknown): Promise<Reply> {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const asking = request({ socketPath, method, path: `/api/v1${path}`, headers, agent: false });
  const answered = once(asking, 'response');
  asking.end(body === undefined ? undefined : JSON.stringify(body));
  const [reply] = (await answered) as [IncomingMessage];
  const content = await text(reply);
  return { status: reply.statusCode ?? 0, json: (content === '' ? {} : JSON.parse(content)) as Reply['json'] };
}

/** Settings of whoever runs the tests must not reach the server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('THIMBLE_') && name !== 'NODE_OPTIONS');
  return { ...Object.fromEntries(kept), NODE_COMPILE_CACHE: COMPILED };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
