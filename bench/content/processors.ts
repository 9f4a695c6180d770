import { availableParallelism } from 'node:os';

/** The server under measurement has the first processor, and what asks it the last one, so that neither takes the other's time. */
export const PINNED = availableParallelism() > 1;
export const SERVER_PROCESSOR = '0';
export const LOAD_PROCESSOR = String(availableParallelism() - 1);

/** The command line that runs on one processor; as it is where there is only one. */
export function pinned(processor: string, argv: readonly string[]): readonly string[] {
  return PINNED ? ['taskset', '-c', processor, ...argv] : argv;
}
