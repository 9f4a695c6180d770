import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { CliError } from '../../cli-error.ts';
import { printFacts, printJson } from '../print.ts';
import { createKeyFile } from './key-file.ts';
import { askPassphrase, SHORTEST_PASSPHRASE } from './passphrase.ts';
import { digestInGroups } from './statement-view.ts';

/** `thimble approve keygen FILE`: an approver's key, which never leaves that file. */
export function keygenCommand(approve: Command, cli: Cli): void {
  approve
    .command('keygen <file>')
    .description('make a key of your own, sealed with a passphrase; FILE.pub is its public half')
    .action(async (path: string, _, given: Command) => {
      const { passphraseFile, json } = given.optsWithGlobals<{ passphraseFile?: string; json?: boolean }>();
      const passphrase = await askPassphrase(cli, 'A new passphrase: ', passphraseFile);
      if (passphrase.length < SHORTEST_PASSPHRASE)
        throw new CliError('passphrase', `a passphrase has at least ${SHORTEST_PASSPHRASE} characters`, {
          hint: 'Four or five words that have nothing to do with each other are easy to remember.',
        });
      const { publicKey, keyid } = await createKeyFile(path, passphrase);
      await writeFile(`${path}.pub`, `${publicKey}\n`, { flag: 'wx' });
      if (json === true) return printJson(cli.terminal, { file: path, publicKey, keyid });
      printFacts(cli.terminal, [
        ['key', path],
        ['public half', `${path}.pub`],
        ['fingerprint', digestInGroups(keyid.slice(0, 32))],
      ]);
      cli.terminal.note(
        `Keep ${path} and a copy of it where only you can get at it. Have it added: thimble approvers propose --approver "NAME=${path}.pub"`,
      );
    });
}
