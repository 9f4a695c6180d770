import type { Command } from 'commander';
import type { RecordedBackup } from '@thimble/server';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { plural } from '../terminal/index.ts';
import { passphraseOf } from './backup-passphrase.ts';
import { examples } from './options.ts';
import { printJson } from './print.ts';
import { serverSettings, takeSettings } from './serve.ts';

/** Somebody who has the file may guess for years. */
const LEAST_CHARACTERS = 12;

interface BackupOptions {
  readonly passphraseFile?: string;
  readonly withoutKeys?: boolean;
  readonly json?: boolean;
}

export function backupCommand(program: Command, cli: Cli): void {
  const command = program
    .command('backup <file>')
    .description('Write all that the server keeps into one file, whether it works at the time or not.')
    .usage('<file> [options] [settings]')
    .option('--passphrase-file <path>', 'its first line seals the backup; or THIMBLE_BACKUP_PASSPHRASE')
    .option('--without-keys', 'leave the keys out; without a passphrase the backup is then not sealed')
    .option('--json', 'print the result as JSON on standard output');
  takeSettings(command, cli.terminal.width);
  examples(command, [
    ['thimble backup /backup/thimble --passphrase-file /etc/thimble/backup-passphrase', 'database and keys, sealed'],
    ['thimble backup - --without-keys | ssh store "cat > thimble"', 'to standard output'],
  ]);
  command.action(async (file: string, _settings: unknown, options: BackupOptions) => {
    const { backupServer } = await import('@thimble/server');
    const passphrase = await passphraseOf(cli, options.passphraseFile);
    const withoutKeys = options.withoutKeys === true;
    if (passphrase === undefined && !withoutKeys)
      throw new CliError('passphrase', 'keys are only written under a passphrase', {
        hint: 'Give one (--passphrase-file, or THIMBLE_BACKUP_PASSPHRASE), or leave the keys out (--without-keys).',
        exitCode: EXIT.usage,
      });
    if (passphrase !== undefined && passphrase.length < LEAST_CHARACTERS)
      throw new CliError('passphrase', `a passphrase has at least ${LEAST_CHARACTERS} characters`, {
        exitCode: EXIT.usage,
      });
    const report = await backupServer(serverSettings(cli, command.args.slice(1)), {
      now: cli.now(),
      target: file === '-' ? process.stdout : file,
      passphrase,
      withoutKeys,
    });
    if (options.json === true && file !== '-') printJson(cli.terminal, report);
    else cli.terminal.note(summary(report, file));
    if (report.notRecorded !== null)
      cli.terminal.note(`The backup is whole, but the evidence does not tell of it: ${report.notRecorded}`);
  });
}

function summary({ tables, rows, keys }: RecordedBackup, file: string): string {
  const where = file === '-' ? 'standard output' : file;
  const secrets =
    keys.length === 0 ? 'no keys: keep those of the server elsewhere' : `${plural(keys.length, 'key file')}`;
  return `Written to ${where}: ${plural(rows, 'row')} of ${plural(tables, 'table')}, ${secrets}. Try it: thimble restore FILE --data EMPTY-FOLDER`;
}
