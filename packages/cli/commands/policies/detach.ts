import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import type { ConnectionOptions } from '../options.ts';
import { printJson } from '../print.ts';
import { resolvePolicy } from './resolve-policy.ts';

export function detachCommand(group: Command, cli: Cli): void {
  group
    .command('detach <policy>')
    .description('make an inherited policy an own one, as it is now; what changes above does not concern it any more')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const { id, inherited } = await resolvePolicy(client, text);
      const { summary } = await client.detachPolicy(id);
      if (options.json === true) return printJson(cli.terminal, summary);
      cli.terminal.note(printable(`${summary.name} is detached from ${inherited?.from ?? 'above'}.`));
    });
}
