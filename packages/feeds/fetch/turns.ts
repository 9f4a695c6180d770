/** At most so many at once per key, the others in their order. */
export function createTurns(limit: number): <Result>(key: string, act: () => Promise<Result>) => Promise<Result> {
  const running = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  return async (key, act) => {
    const count = running.get(key) ?? 0;
    if (count >= limit)
      await new Promise<void>((resolve) => {
        waiting.set(key, [...(waiting.get(key) ?? []), resolve]);
      });
    else running.set(key, count + 1);
    try {
      return await act();
    } finally {
      const next = waiting.get(key)?.shift();
      // The turn is handed over, so that nobody can slip in between.
      if (next !== undefined) next();
      else running.set(key, (running.get(key) ?? 1) - 1);
    }
  };
}
