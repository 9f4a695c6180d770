import type { Terminal } from './terminal/index.ts';

/** What every command gets: nothing of the process is reached for behind its back, so commands can be tested whole. */
export interface Cli {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly now: () => Date;
  /** Fires on the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Sets how the process will end; the last word counts. */
  exitWith(code: number): void;
}
