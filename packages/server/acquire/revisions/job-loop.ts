export interface JobLoopSettings {
  /** What is due, the most urgent first. @param except what is under way or was tried just now */
  readonly due: (except: readonly string[]) => Promise<readonly string[]>;
  readonly run: (id: string) => Promise<unknown>;
  /** Jobs at a time, of those that get on. */
  readonly atOnce: number;
  /** Jobs at a time, with those that wait for somebody slow. */
  readonly most: number;
  /** A job that takes longer counts as one that waits, and another one begins beside it. */
  readonly slowMs: number;
  readonly signal: AbortSignal;
  /** @param id null: what is due could not be read */
  readonly onError: (error: unknown, id: string | null) => void;
}

export interface JobLoop {
  /** Looks for what is due, now. What was tried already may be tried again. */
  readonly work: () => void;
  /** Resolves when nothing is under way any more. */
  readonly ended: () => Promise<void>;
}

/**
 * Does whatever is due, a few at a time, the most urgent first. An upstream that only holds its connection takes a place for `slowMs`
 * and no longer, so it keeps nobody else waiting. What was done or failed is left alone until the next `work`.
 */
export function createJobLoop({ due, run, atOnce, most, slowMs, signal, onError }: JobLoopSettings): JobLoop {
  const running = new Map<string, Promise<void>>();
  const tried = new Set<string>();
  let brisk = 0;
  let filling = Promise.resolve();

  const hasPlace = (): boolean => !signal.aborted && brisk < atOnce && running.size < most;
  const begin = (id: string): void => {
    tried.add(id);
    brisk += 1;
    let counts = true;
    const leavePlace = (): void => {
      if (!counts) return;
      counts = false;
      brisk -= 1;
    };
    const slow = setTimeout(() => {
      leavePlace();
      fill();
    }, slowMs);
    const job = (async () => run(id))()
      .catch((error: unknown) => {
        // What one upstream or our code for it does wrong must not keep the others waiting.
        if (!signal.aborted) onError(error, id);
      })
      .then(() => {
        clearTimeout(slow);
        leavePlace();
        running.delete(id);
        fill();
      });
    running.set(id, job);
  };
  const fill = (): void => {
    filling = filling
      .then(async () => {
        while (hasPlace()) {
          const found = await due([...new Set([...tried, ...running.keys()])]);
          const id = found.find((each) => !tried.has(each) && !running.has(each));
          if (id === undefined || signal.aborted) return;
          begin(id);
        }
      })
      .catch((error: unknown) => {
        if (!signal.aborted) onError(error, null);
      });
  };
  return {
    work: () => {
      tried.clear();
      fill();
    },
    ended: async () => {
      do {
        await filling;
        await Promise.all(running.values());
      } while (running.size > 0);
    },
  };
}
