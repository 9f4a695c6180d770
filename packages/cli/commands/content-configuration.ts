import type { ClientConfigurationRequest } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { connect } from './connection.ts';
import { resolveSnapshot } from './content-resolve.ts';
import { type ConnectionOptions, examples, wholeNumber } from './options.ts';
import { printJson } from './print.ts';

export function configurationCommand(content: Command, cli: Cli): void {
  const command = content
    .command('config <snapshot>')
    .description('what a machine without an agent writes into its configuration to use a snapshot; holds a ticket')
    .addOption(new Option('--format <format>').choices(['apt', 'rpm', 'apk']).makeOptionMandatory())
    .option('--days <number>', 'how long the ticket works', wholeNumber(1, 365), 7);
  examples(command, [['thimble content config last --format rpm', 'a .repo file for dnf']]);
  command.action(async (text: string, _, given: Command) => {
    const options = given.optsWithGlobals<
      ConnectionOptions & { format: ClientConfigurationRequest['format']; days: number }
    >();
    const client = connect(cli, options);
    const { id } = await resolveSnapshot(client, text);
    const configuration = await client.clientConfiguration(id, { format: options.format, days: options.days });
    if (options.json === true) return printJson(cli.terminal, configuration);
    for (const file of configuration.files) {
      cli.terminal.out(`# ${file.path}${file.secret ? ' (secret: chmod 600)' : ''}`);
      cli.terminal.out(file.text);
    }
    cli.terminal.note(`The ticket works until ${configuration.expiresAt}.`);
  });
}
