import { readFile } from 'node:fs/promises';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';

/** The first line of the file, or what the environment says; never an argument, which other users can read (ps). */
export async function passphraseOf({ env }: Cli, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return env['THIMBLE_BACKUP_PASSPHRASE'] || undefined;
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new CliError('passphrase', `the passphrase can’t be read: ${cause.message}`, { cause });
  });
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw new CliError('passphrase', `the first line of ${path} is empty`);
  return line;
}
