import { setTimeout as sleep } from 'node:timers/promises';

/** A line comes after its answer was sent, so that it is waited for. */
const TRIES = 50;
const PAUSE_MS = 20;

/** The lines that a server logs of requests. */
export class RequestLog {
  readonly #statuses: number[] = [];
  readonly errors: string[] = [];

  readonly write = (line: string): void => {
    const { status, level } = JSON.parse(line) as { status?: unknown; level?: unknown };
    if (typeof status === 'number') this.#statuses.push(status);
    if (typeof level === 'number' && level >= 50) this.errors.push(line);
  };

  get length(): number {
    return this.#statuses.length;
  }

  /** Whether, since then, a request ended with this status. */
  async tells(since: number, status: number): Promise<boolean> {
    for (let tried = 0; tried < TRIES; tried += 1) {
      if (this.#statuses.slice(since).includes(status)) return true;
      await sleep(PAUSE_MS);
    }
    return false;
  }
}
