import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from './options.ts';
import { printJson } from './print.ts';

export function signInLinkCommand(program: Command, cli: Cli): void {
  const command = withConnection(withJson(program.command('sign-in-link [login]'))).description(
    'Make a new link with which one person signs in to the console, once: whoever set up the server, or who has this login.',
  );
  examples(command, [
    ['thimble sign-in-link', 'on the machine of the server'],
    ['thimble sign-in-link ada@example.org', 'for somebody who has lost every other way'],
  ]);
  command.action(async (login: string | undefined, options: ConnectionOptions) => {
    const link = await connect(cli, options).createSignInLink(login);
    if (options.json === true) return printJson(cli.terminal, link);
    cli.terminal.note('Open this on the machine of the server; it works once:');
    cli.terminal.out(link.url);
  });
}
