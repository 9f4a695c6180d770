import type { ServerContext } from '../context.ts';
import { advanceVersions } from './advance-versions.ts';

/** Waves take hours; what went back holds the others without this. */
const PERIOD_MS = 15_000;

/** Moves versions of the agent on, for ever. @returns what stops it. */
export function startVersionLoop(context: ServerContext): () => Promise<void> {
  let working: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (context.stopping.aborted) return;
    working ??= advanceVersions(context)
      .catch((error: unknown) => context.log.error({ err: error }, 'versions of the agent were not moved on'))
      .finally(() => {
        working = undefined;
      });
  }, PERIOD_MS);
  return async () => {
    clearInterval(timer);
    await working;
  };
}
