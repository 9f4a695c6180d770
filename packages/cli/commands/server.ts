import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { confirm, plural } from '../terminal/index.ts';
import { examples } from './options.ts';
import { orderKeysCommand, rotateOrderKeyCommand } from './order-keys.ts';
import { printJson } from './print.ts';
import { serverSettings, takeSettings } from './serve.ts';

/** What is seldom done to a server. */
export function serverCommands(program: Command, cli: Cli): void {
  const group = program.command('server').description('What is seldom done to a server.');
  examples(group, [
    ['thimble server rotate-order-key', 'orders are signed with a new key, which endpoints follow'],
    ['thimble server order-keys', 'which keys there were, and who follows'],
    ['thimble server rotate-secrets-key', 'secrets in the database under a new key; stop it first'],
    ['thimble server accept-older-database', 'after a snapshot of its disk was brought back; stop it first'],
  ]);
  orderKeysCommand(group, cli);
  rotateOrderKeyCommand(group, cli);
  rotateSecretsKey(group, cli);
  acceptOlderDatabase(group, cli);
}

function rotateSecretsKey(group: Command, cli: Cli): void {
  const command = group
    .command('rotate-secrets-key')
    .description('Seal what is secret in the database under a new key (see the settings secrets-key…).')
    .option('--json', 'print the result as JSON on standard output');
  takeSettings(command, cli.terminal.width);
  command.action(async (_settings: unknown, options: { readonly json?: boolean }) => {
    const { changeSecretsKey } = await import('@thimble/server');
    const change = await changeSecretsKey(serverSettings(cli, command.args), cli.now());
    if (options.json === true) return printJson(cli.terminal, change);
    cli.terminal.note(
      `${plural(change.resealed, 'secret')} sealed with key ${change.keyId}. Make a backup: older ones have the old key.`,
    );
  });
}

function acceptOlderDatabase(group: Command, cli: Cli): void {
  const command = group
    .command('accept-older-database')
    .description('Go on with a database that is older than what this server has signed. The evidence says so for ever.')
    .option('--yes', 'do not ask');
  takeSettings(command, cli.terminal.width);
  command.action(async (_settings: unknown, options: { readonly yes?: boolean }) => {
    const settings = serverSettings(cli, command.args);
    const question = 'What happened after this database is lost, and what was revoked then is not any more. Go on?';
    if (options.yes !== true && !(await confirm(cli.terminal, question, cli.signal)))
      throw new CliError('not-confirmed', 'nothing was changed', { exitCode: EXIT.refused });
    const server = await import('@thimble/server');
    await server.acceptOlderDatabase(settings, cli.now());
    cli.terminal.note('Accepted. Start the server; people sign in again.');
  });
}
