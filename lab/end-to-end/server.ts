import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { createClient, type Client } from '@thimble/cli';
import type { QueryResultRow } from 'pg';
import { LAB_HOST } from '../clone.ts';
import { query, type DatabaseTarget } from './database.ts';
import type { ServerReady } from './server-process.ts';

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 30_000;
const LOG_TAIL_LINES = 60;

export type ServerOptions = {
  /** The lab's gateway: where endpoints reach the server. */
  readonly host: string;
  /** How clients name it, if they are no endpoints of a lab. */
  readonly name?: string;
  /** More settings, by flag without dashes. */
  readonly settings?: Readonly<Record<string, string>>;
};

/**
 * A real Thimble server in a process of its own, with its embedded PostgreSQL and a data directory that outlives it, so
 * that it can be killed and started again. It dies with this process.
 */
export class ServerUnderTest {
  readonly dataDirectory: string;
  readonly client: Client;
  readonly #options: ServerOptions;
  readonly #folder: string;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #lines: Interface | undefined;
  #ready: ServerReady | undefined;

  constructor(options: ServerOptions, folder: string, port: number) {
    this.#options = options;
    this.#folder = folder;
    this.#port = port;
    this.dataDirectory = join(folder, 'data');
    this.client = createClient({ kind: 'socket', path: join(this.dataDirectory, 'run', 'api.sock') });
  }

  /** As endpoints name it. */
  get url(): string {
    return `https://${this.#options.name ?? LAB_HOST}:${this.#port}`;
  }

  /** For a browser on this machine. */
  get localUrl(): string {
    return this.ready.localUrl;
  }

  /** A new one-time address that signs a browser on this machine in. */
  async signInLink(): Promise<string> {
    const child = this.#child;
    if (child === undefined) throw new Error('the server is not up');
    const line = this.#nextLine('{"signInLink"', child);
    child.stdin?.write('sign-in-link\n');
    return (JSON.parse(await line) as { signInLink: string }).signInLink;
  }

  get ready(): ServerReady {
    if (this.#ready === undefined) throw new Error('the server is not up');
    return this.#ready;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error('the server runs already');
    const settings = {
      data: this.dataDirectory,
      host: '0.0.0.0',
      port: String(this.#port),
      // Only what a test serves itself is fetched.
      ...(this.#options.settings?.['feed-mirror'] === undefined ? { feeds: 'off' } : {}),
      'public-url': this.url,
      'check-in-interval-s': '5',
      'held-request-s': '20',
      'log-format': 'json',
      ...this.#options.settings,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const entry = join(import.meta.dirname, 'server-process.ts');
    const argv = ['--pdeathsig=KILL', process.execPath, '--disable-warning=ExperimentalWarning', entry, ...flags];
    const child = spawn('setpriv', argv, { stdio: ['pipe', 'pipe', 'pipe'], env: cleanEnvironment() });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
    this.#lines.on('line', (line) => appendFileSync(this.#logFile, `${line}\n`));
    child.stderr.on('data', (chunk: Buffer) => appendFileSync(this.#logFile, chunk));
    child.once('exit', () => {
      this.#child = undefined;
    });
    this.#ready = await this.#untilReady(child);
  }

  /** kill -9: no handler runs, as when the kernel's OOM killer takes it. Its database loses its parent. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** In the server's own database. */
  async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return query<Row>(this.#databaseTarget, text, values);
  }

  /** The end of what the server logged, for the message of a failing test. */
  logTail(lines = LOG_TAIL_LINES): string {
    return readFileSync(this.#logFile, 'utf8').trim().split('\n').slice(-lines).join('\n');
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #logFile(): string {
    return join(this.#folder, 'server.log');
  }

  get #databaseTarget(): DatabaseTarget {
    return { host: join(this.dataDirectory, 'run', 'postgres'), user: 'thimble', database: 'thimble' };
  }

  async #untilReady(child: ChildProcess): Promise<ServerReady> {
    try {
      return (JSON.parse(await this.#nextLine('{"ready"', child)) as { ready: ServerReady }).ready;
    } catch (error) {
      throw new Error(`${String(error)}\n${this.logTail()}`, { cause: error });
    }
  }

  /** The next line that the server prints with this beginning. */
  #nextLine(beginning: string, child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the server printed no ${beginning} in time`)), START_DEADLINE_MS);
      const settle = (): void => {
        clearTimeout(late);
        this.#lines?.off('line', onLine);
      };
      const onLine = (line: string): void => {
        if (!line.startsWith(beginning)) return;
        settle();
        resolve(line);
      };
      this.#lines?.on('line', onLine);
      child.once('exit', (code, signal) => {
        settle();
        reject(new Error(`the server ended with ${code ?? signal}`));
      });
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await ended;
    clearTimeout(late);
    this.#child = undefined;
  }
}

export async function startServerUnderTest(options: ServerOptions): Promise<ServerUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'thimble-e2e-'));
  // PostgreSQL does not run as root: its user must get through to its own folder.
  chmodSync(folder, 0o711);
  appendFileSync(join(folder, 'server.log'), '');
  const server = new ServerUnderTest(options, folder, await freePort(options.host));
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.dispose();
    throw error;
  }
}

/** Nothing listens there now. */
export async function freePort(host: string): Promise<number> {
  const probe = createServer();
  probe.listen(0, host);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** As the command has it (packages/cli/main.ts): a server that is killed and started again compiles nothing twice. */
const COMPILED = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'node-compile');

/** Settings of whoever runs the tests must not reach the server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('THIMBLE_') && name !== 'NODE_OPTIONS');
  return { ...Object.fromEntries(kept), NODE_COMPILE_CACHE: COMPILED };
}
