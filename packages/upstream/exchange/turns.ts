export type Turns = <Result>(key: string, act: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;

/** At most so many at once per key, the others in their order. Who waits leaves with the signal's reason. */
export function createTurns(limit: number): Turns {
  const running = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  return async (key, act, signal) => {
    signal?.throwIfAborted();
    const count = running.get(key) ?? 0;
    if (count >= limit) await turn(waiting, key, signal);
    else running.set(key, count + 1);
    try {
      return await act();
    } finally {
      const next = waiting.get(key)?.shift();
      // The turn is handed over, so that nobody can slip in between.
      if (next !== undefined) next();
      else free(running, waiting, key);
    }
  };
}

function turn(waiting: Map<string, (() => void)[]>, key: string, signal: AbortSignal | undefined): Promise<void> {
  const queue = waiting.get(key) ?? [];
  waiting.set(key, queue);
  return new Promise<void>((resolve, reject) => {
    const leave = (): void => {
      queue.splice(queue.indexOf(enter), 1);
      reject(signal?.reason);
    };
    const enter = (): void => {
      signal?.removeEventListener('abort', leave);
      resolve();
    };
    signal?.addEventListener('abort', leave, { once: true });
    queue.push(enter);
  });
}

function free(running: Map<string, number>, waiting: Map<string, unknown>, key: string): void {
  const count = (running.get(key) ?? 1) - 1;
  if (count > 0) return void running.set(key, count);
  running.delete(key);
  waiting.delete(key);
}
