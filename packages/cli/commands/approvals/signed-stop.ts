import { readFile, writeFile } from 'node:fs/promises';
import {
  canonicalJson,
  HALT_PAYLOAD_TYPE,
  type HaltStatement,
  type HaltStatus,
  SignedStatement,
} from '@thimble/protocol';
import { statementDigest } from '@thimble/protocol/signing';
import { Value } from 'typebox/value';
import type { Cli } from '../../cli.ts';
import { CliError } from '../../cli-error.ts';
import type { Client } from '../../client/index.ts';
import { printable } from '../../terminal/index.ts';
import { signShown, type SigningOptions } from './sign.ts';

/** One approver is enough to stop; the bytes are made here. @returns undefined: the person said no */
export async function signStop(
  cli: Cli,
  client: Client,
  reason: string,
  { confirmed, ...options }: Pick<SigningOptions, 'key' | 'passphraseFile'> & { readonly confirmed: boolean },
): Promise<SignedStatement | undefined> {
  const { organisationId, sequence } = (await client.emergencyStop()).next;
  const issuedAt = cli.now().toISOString();
  const stop: HaltStatement = { format: 1, kind: 'halt', organisationId, sequence, action: 'stop', reason, issuedAt };
  const payload = Buffer.from(canonicalJson(stop));
  cli.terminal.out(`To be signed: everything is stopped (${printable(reason)})`);
  const digest = statementDigest(HALT_PAYLOAD_TYPE, payload);
  // What is signed was made here a moment ago: there is nobody with whom to compare it.
  const yes = confirmed ? { yes: digest } : {};
  const signature = await signShown(cli, { payloadType: HALT_PAYLOAD_TYPE, payload, digest }, { ...options, ...yes });
  if (signature === undefined) return undefined;
  return { payloadType: HALT_PAYLOAD_TYPE, payload: payload.toString('base64'), signatures: [signature] };
}

/** For the day on which its person can't be reached: it holds as long as nobody stops anything in between. */
export async function keepStop(signed: SignedStatement, path: string): Promise<void> {
  await writeFile(path, `${JSON.stringify(signed)}\n`, { flag: 'wx', mode: 0o600 });
}

/** @throws CliError `statement-file` */
export async function sendStop(client: Client, path: string): Promise<HaltStatus> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    value = undefined;
  }
  if (Value.Check(SignedStatement, value)) return client.sendStop(value);
  throw new CliError('statement-file', `${path} is no signed stop`, {
    hint: 'Write one with: thimble emergency-stop --reason TEXT --key FILE --out FILE',
  });
}
