import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'packages', 'cli', 'main.ts');

export interface RelayParts {
  /** What the server printed: `thimble relay --upstream … --token …`. */
  readonly command: string;
  /** In place of the server's address: the line to it. */
  readonly upstream: string;
  /** Where endpoints reach it. */
  readonly host: string;
  readonly port: number;
}

/** A real relay in a process of its own, whose cache outlives it. It dies with this process. */
export class RelayProcess implements AsyncDisposable {
  readonly #parts: RelayParts;
  readonly #folder = mkdtempSync(join(tmpdir(), 'relay-of-the-test-'));
  #child: ChildProcess | undefined;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    appendFileSync(this.#log, '');
  }

  start(...more: readonly string[]): void {
    const { command, upstream, host, port } = this.#parts;
    const [, ...given] = command.replace(/--upstream \S+/, `--upstream ${upstream}`).split(' ');
    const place = ['--listen', `${host}:${port}`, '--public-url', `https://${host}:${port}`, '--data', this.#folder];
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', PROGRAM];
    const child = spawn('setpriv', ['--pdeathsig=KILL', ...node, ...given, ...place, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', HOME: this.#folder },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece: Buffer) => appendFileSync(this.#log, piece));
    this.#child = child;
  }

  /** For the message of a failing test. */
  log(): string {
    return readFileSync(this.#log, 'utf8');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #log(): string {
    return join(this.#folder, 'relay.log');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
