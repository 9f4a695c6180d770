import type { FailureSharing, FailureSharingMode } from '@thimble/protocol';
import { Argument, type Command } from 'commander';
import type { Cli } from '../cli.ts';
import { connect } from './connection.ts';
import type { ConnectionOptions } from './options.ts';
import { printJson } from './print.ts';

const WORDS: Readonly<Record<FailureSharingMode, string>> = {
  off: 'Failures of patches are not shared with other organisations, and none are told of.',
  warn: 'Failures of patches are shared, without names; a rollout that takes what failed elsewhere says so.',
  hold: 'Failures of patches are shared, without names; a rollout that takes what failed elsewhere begins halted, once for each version.',
};

/** Whether failures of patches are shared with other organisations of the same provider. */
export function failureSharingCommand(group: Command, cli: Cli): void {
  group
    .command('failures')
    .description('share failures of patches with the other organisations of your provider, or stop it')
    .addArgument(new Argument('[mode]', 'left out: show it').choices(Object.keys(WORDS)))
    .action(async (mode: FailureSharingMode | undefined, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const now: FailureSharing =
        mode === undefined ? await client.failureSharing() : await client.setFailureSharing(mode);
      if (options.json === true) return printJson(cli.terminal, now);
      cli.terminal.out(WORDS[now.mode]);
    });
}
