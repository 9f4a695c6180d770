import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', 'main.ts');
const DEADLINE_MS = 60_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `thimble`, the real one, as a child process. */
export class RunningCommand {
  readonly pid: number;
  #stdout = '';
  #stderr = '';
  readonly #ended: Promise<Ended>;
  readonly #child;

  constructor(argv: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...argv], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#ended = once(this.#child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  input(text: string | Buffer): void {
    this.#child.stdin.end(text);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  ended(): Promise<Ended> {
    return this.#ended;
  }

  /** What it has written so far, both streams. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  /** The first match in what it writes; fails when it ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const until = Date.now() + DEADLINE_MS;
    let over = false;
    void this.#ended.then(() => (over = true));
    for (;;) {
      const wasOver = over;
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (wasOver || Date.now() > until) throw new Error(`it did not say ${String(pattern)}:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** Runs `thimble` to its end. */
export async function thimble(
  argv: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly input?: string | Buffer } = {},
): Promise<Ended> {
  const command = new RunningCommand(argv, options.env ?? {});
  command.input(options.input ?? '');
  return await command.ended();
}
