import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Cli } from '../../cli.ts';
import { CliError } from '../../cli-error.ts';
import { EXIT } from '../../exit-codes.ts';

/** Guessing starts with short ones, and nobody has to type it often. */
export const SHORTEST_PASSPHRASE = 12;
const VARIABLE = 'THIMBLE_APPROVER_PASSPHRASE';

/** From the file that was named, the environment, or the person at the terminal, without showing what is typed. */
export async function askPassphrase(cli: Cli, question: string, file: string | undefined): Promise<string> {
  if (file !== undefined) return readPassphrase(file);
  const given = cli.env[VARIABLE];
  if (given !== undefined) return given;
  if (!cli.terminal.interactive)
    throw new CliError('passphrase', 'the key needs its passphrase, and nobody is there to type it', {
      hint: `Give it with --passphrase-file FILE or in ${VARIABLE}.`,
      exitCode: EXIT.usage,
    });
  cli.terminal.errStream.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: cli.terminal.input, output: silent, terminal: true });
  try {
    return await reader.question('', { signal: cli.signal });
  } finally {
    reader.close();
    cli.terminal.errStream.write('\n');
  }
}

async function readPassphrase(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    throw new CliError('passphrase', `${path} can't be read`, { cause });
  }
}
