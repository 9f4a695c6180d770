/** Time and chance, passed in, so that tests own them. */
export interface Clock {
  /** Unix time, milliseconds. */
  now(): number;
  /** Milliseconds on a clock that is never set: for waiting, never for telling the time. */
  monotonic(): number;
  /** Resolves after the time or, without an error, as soon as the signal fires. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep: (durationMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const timer = setTimeout(done, durationMs);
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
      signal?.addEventListener('abort', done, { once: true });
    }),
};
