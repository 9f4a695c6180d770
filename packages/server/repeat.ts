import type { ServerContext } from './context.ts';

/**
 * Does something again and again until it is stopped, never twice at once. A failure is logged in these words, and the next turn tries
 * again; one that comes while the server stops is none.
 *
 * @returns stops it, when what is under way has ended
 */
export function repeat(
  { stopping, log }: Pick<ServerContext, 'stopping' | 'log'>,
  periodMs: number,
  failure: string,
  act: () => Promise<unknown>,
): () => Promise<void> {
  let working: Promise<void> | undefined;
  const turn = async (): Promise<void> => {
    try {
      await act();
    } catch (error) {
      if (!stopping.aborted) log.error({ err: error }, failure);
    }
  };
  const timer = setInterval(() => {
    if (stopping.aborted) return;
    working ??= turn().finally(() => {
      working = undefined;
    });
  }, periodMs);
  return async () => {
    clearInterval(timer);
    await working;
  };
}
