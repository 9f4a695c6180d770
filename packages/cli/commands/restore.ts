import type { Command } from 'commander';
import type { RestoreReport } from '@thimble/server';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { confirm, plural } from '../terminal/index.ts';
import { passphraseOf } from './backup-passphrase.ts';
import { examples } from './options.ts';
import { printJson } from './print.ts';
import { serverSettings, takeSettings } from './serve.ts';

interface RestoreOptions {
  readonly passphraseFile?: string;
  readonly replace?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function restoreCommand(program: Command, cli: Cli): void {
  const command = program
    .command('restore <file>')
    .description('Bring a server back from a backup. The file is read to its end before anything is touched.')
    .usage('<file> [options] [settings]')
    .option('--passphrase-file <path>', 'its first line is the passphrase; or THIMBLE_BACKUP_PASSPHRASE')
    .option('--replace', 'what is in the database may go')
    .option('--yes', 'do not ask')
    .option('--json', 'print the result as JSON on standard output');
  takeSettings(command, cli.terminal.width);
  examples(command, [
    ['thimble restore /backup/thimble --passphrase-file /root/passphrase', 'into an empty data directory'],
    ['thimble restore /backup/thimble --replace --data /srv/thimble', 'in place of what is there; asks first'],
  ]);
  command.action(async (file: string, _settings: unknown, options: RestoreOptions) => {
    const { restoreServer } = await import('@thimble/server');
    const settings = serverSettings(cli, command.args.slice(1));
    const passphrase = await passphraseOf(cli, options.passphraseFile);
    const replace = options.replace === true;
    const where = settings.databaseUrl === undefined ? settings.data : 'the database of the settings';
    const question = `Everything in ${where} goes, and the backup comes in its place. Go on?`;
    if (replace && options.yes !== true && !(await confirm(cli.terminal, question, cli.signal)))
      throw new CliError('not-confirmed', 'nothing was changed', { exitCode: EXIT.refused });
    const report = await restoreServer(settings, { now: cli.now(), path: file, passphrase, replace });
    if (options.json === true) printJson(cli.terminal, report);
    else for (const line of summary(report)) cli.terminal.note(line);
  });
}

function summary({ madeAt, rows, keys, evidence }: RestoreReport): readonly string[] {
  const broken = evidence.flatMap(({ organisationId, fault }) =>
    fault === null
      ? []
      : [`The evidence of organisation ${organisationId} did not hold when it was backed up: ${fault}.`],
  );
  return [
    `Restored as of ${madeAt}: ${plural(rows, 'row')}, ${keys.length === 0 ? 'no keys' : plural(keys.length, 'key file')}.`,
    ...broken,
    ...(keys.length === 0
      ? ['Put the keys of the server that made it into DATA/keys and DATA/tls before the start, or it is refused.']
      : []),
    'People sign in again. What was revoked, removed or quarantined after the backup is not any more: see docs/backup.md.',
  ];
}
