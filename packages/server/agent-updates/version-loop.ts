import type { ServerContext } from '../context.ts';
import { repeat } from '../repeat.ts';
import { advanceVersions } from './advance-versions.ts';

/** Waves take hours; what went back holds the others without this. */
const PERIOD_MS = 15_000;

/** Moves versions of the agent on, for ever. @returns what stops it. */
export function startVersionLoop(context: ServerContext): () => Promise<void> {
  return repeat(context, PERIOD_MS, 'versions of the agent were not moved on', () => advanceVersions(context));
}
