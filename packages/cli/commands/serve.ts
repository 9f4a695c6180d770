import type { Command } from 'commander';
import { loadSettings, processSources, type Settings, settingsHelp } from '@thimble/server/settings';
import type { Cli } from '../cli.ts';
import { formatDuration, wrap } from '../terminal/index.ts';
import { examples } from './options.ts';

export function serveCommand(program: Command, cli: Cli): void {
  const command = program
    .command('serve')
    .description('Run the server alone: API, console, database. This machine does not become an endpoint.')
    .usage('[settings]');
  takeSettings(command, cli.terminal.width);
  examples(command, [
    ['thimble serve --port 443 --public-url https://patch.example.org', 'with the usual embedded PostgreSQL'],
    ['thimble serve --database-url postgresql://thimble@db/thimble', 'with your own PostgreSQL'],
  ]);
  command.action(async () => {
    const { runServer } = await import('../start/run-server.ts');
    const startedMs = cli.now().getTime();
    await runServer(cli, serverSettings(cli, command.args), {}, async (server) => {
      const { terminal } = cli;
      terminal.note(`Thimble serves ${server.url} (started in ${formatDuration(cli.now().getTime() - startedMs)}).`);
      terminal.note(`CA fingerprint ${server.caFingerprint}`);
      terminal.note('Sign in on this machine with a link from `thimble sign-in-link`.');
    });
  });
}

/** The server's settings are one table with its own reader; here they are only passed on and shown. */
export function takeSettings(command: Command, width: number): void {
  command
    .argument('[settings...]', 'settings of the server, see below')
    .allowUnknownOption()
    .helpOption('-h, --help', 'show help')
    .addHelpText(
      'after',
      `\nSettings (a flag, THIMBLE_… in the environment, or a line in the settings file):\n${settingsInColumns(Math.min(100, width))}`,
    );
}

export function serverSettings(cli: Cli, words: readonly string[]): Settings {
  return loadSettings({ ...processSources(words), environment: cli.env, uid: cli.uid });
}

/** The table of settings, one flag a line with its meaning below, broken to the terminal's width. */
function settingsInColumns(width: number): string {
  return settingsHelp()
    .split('\n')
    .map((line) =>
      line.replace(
        /^ {2}(\S+ \S+)\s+(.*)$/,
        (_, flag: string, meaning: string) => `  ${flag}\n${wrap(meaning, width, '      ')}`,
      ),
    )
    .join('\n');
}
