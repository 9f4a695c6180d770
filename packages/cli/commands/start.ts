import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { examples } from './options.ts';
import { serverSettings, takeSettings } from './serve.ts';

export function startCommand(program: Command, cli: Cli): void {
  const command = program
    .command('start')
    .description(
      'Everything on one machine: the server with its database, the console, and this machine as the first endpoint. Nothing on the machine is changed before somebody approves it.',
    )
    .usage('[settings]');
  takeSettings(command, cli.terminal.width);
  examples(command, [
    ['npm start', 'the same, from a checkout'],
    ['thimble start --port 9443 --data ~/thimble', 'another port, another data directory'],
  ]);
  command.action(async () => {
    const { startEverything } = await import('../start/start-everything.ts');
    await startEverything(cli, serverSettings(cli, command.args));
  });
}
