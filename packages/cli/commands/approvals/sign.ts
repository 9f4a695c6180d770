import type { ApproverSignature } from '@thimble/protocol';
import { signStatement } from '@thimble/protocol/signing';
import type { Cli } from '../../cli.ts';
import { CliError } from '../../cli-error.ts';
import { EXIT } from '../../exit-codes.ts';
import { confirm } from '../../terminal/index.ts';
import { askPassphrase } from './passphrase.ts';
import { openKeyFile, readKeyFile } from './key-file.ts';
import { digestInGroups } from './statement-view.ts';

export interface SigningOptions {
  readonly key: string;
  readonly passphraseFile?: string;
  /** The beginning of the digest that the person has compared already. */
  readonly yes?: string;
}

/** Fewer could be met by chance by somebody who tries. */
const SHORTEST_PREFIX = 8;

/** Shows the digest, asks, and signs. @returns undefined: the person said no */
export async function signShown(
  cli: Cli,
  {
    payloadType,
    payload,
    digest,
  }: { readonly payloadType: string; readonly payload: Uint8Array; readonly digest: string },
  { key: path, passphraseFile, yes }: SigningOptions,
): Promise<ApproverSignature | undefined> {
  const file = await readKeyFile(path);
  cli.terminal.note(`\ndigest: ${digestInGroups(digest)}`);
  if (!(await isMeant(cli, digest, yes))) return undefined;
  const passphrase = await askPassphrase(cli, `Passphrase of ${path}: `, passphraseFile);
  return signStatement(payloadType, payload, openKeyFile(file, passphrase));
}

async function isMeant(cli: Cli, digest: string, prefix: string | undefined): Promise<boolean> {
  if (prefix !== undefined) {
    const wanted = prefix.replaceAll(' ', '').toLowerCase();
    if (wanted.length >= SHORTEST_PREFIX && digest.startsWith(wanted)) return true;
    throw new CliError('digest-differs', `the digest does not begin with ${JSON.stringify(prefix)}`, {
      hint: `Give at least ${SHORTEST_PREFIX} digits of the digest that you have compared.`,
      exitCode: EXIT.refused,
    });
  }
  if (!cli.terminal.interactive)
    throw new CliError('not-confirmed', 'this has to be confirmed', {
      hint: 'Add --yes with the beginning of the digest that you have compared.',
      exitCode: EXIT.pending,
    });
  return confirm(cli.terminal, 'Is this the digest that you compared with somebody, and do you sign it?', cli.signal);
}
