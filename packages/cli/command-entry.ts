import type { Command } from 'commander';
import type { Cli } from './cli.ts';

/** One word after `thimble`. Its module is loaded only when it is called: `thimble version` need not wait for a server's code. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Title of the part of the help that it stands in. */
  readonly group: string;
  readonly load: () => Promise<(program: Command, cli: Cli) => void>;
}
