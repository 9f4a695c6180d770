import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { VERSION } from '../version.ts';

export function versionCommand(program: Command, cli: Cli): void {
  program
    .command('version')
    .description('Print the version of this command and of the Node.js that runs it.')
    .option('--json', 'print it as JSON')
    .action((options: { json?: boolean }) => {
      const versions = { thimble: VERSION, node: process.versions.node };
      cli.terminal.out(
        options.json === true ? JSON.stringify(versions) : `thimble ${versions.thimble} (Node.js ${versions.node})`,
      );
    });
}
