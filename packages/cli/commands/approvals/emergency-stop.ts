import { HALT_PAYLOAD_TYPE, HaltStatement, type HaltEntry, type HaltStatus } from '@thimble/protocol';
import { canonicalPayload, statementDigest } from '@thimble/protocol/signing';
import type { Command } from 'commander';
import { Value } from 'typebox/value';
import type { Cli } from '../../cli.ts';
import { CliError, usageError } from '../../cli-error.ts';
import type { Client } from '../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { confirm, printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from '../options.ts';
import { printJson } from '../print.ts';
import { progressInWords } from './progress-in-words.ts';
import { signShown } from './sign.ts';
import { keepStop, sendStop, signStop } from './signed-stop.ts';

interface StopOptions extends ConnectionOptions {
  readonly reason?: string;
  readonly resume?: boolean;
  readonly key?: string;
  readonly passphraseFile?: string;
  readonly out?: string;
  readonly signature?: string;
  /** True for a stop; of a signature the beginning of its digest. */
  readonly yes?: string | boolean;
}

/** `thimble emergency-stop`: one message that halts all. */
export function emergencyStopCommand(program: Command, cli: Cli): void {
  const command = withJson(withConnection(program.command('emergency-stop')))
    .description('Stop everything at once: nothing new begins on any endpoint until it is told to go on.')
    .option('--reason <text>', 'why, for whoever asks later; without it: say how it stands')
    .option('--resume', 'let everything go on, which approvers have to sign where there are some')
    .option('--key <file>', 'sign it with this key: one approver stops, a threshold of them lets it go on')
    .option('--out <file>', 'with --key: write the signed stop there instead of sending it')
    .option('--signature <file>', 'send a stop that was signed before')
    .option('--passphrase-file <file>', 'its passphrase, instead of asking for it')
    .option('--yes [digest]', 'do not ask; with --key the beginning of the digest that you have compared');
  examples(command, [
    ['thimble emergency-stop --reason "a signing key was stolen"', 'stop'],
    ['thimble emergency-stop --reason "nobody can be reached" --key ada.key --out stop.json', 'a stop for the safe'],
    ['thimble emergency-stop --signature stop.json', 'and its day'],
    ['thimble emergency-stop --resume --reason "it was found" --key ada.key', 'go on: propose and sign it'],
    ['thimble emergency-stop --resume --key bob.key', 'the second signature'],
  ]);
  command.action(async (_, given: Command) => {
    const options = given.optsWithGlobals<StopOptions>();
    const client = connect(cli, options);
    const status = options.resume === true ? await goOn(cli, client, options) : await stop(cli, client, options);
    if (status === 'kept')
      return cli.terminal.note(`The signed stop is in ${options.out}. Whoever has it can stop everything.`);
    if (status === undefined) return cli.exitWith(EXIT.pending);
    if (options.json === true) return printJson(cli.terminal, status);
    cli.terminal.out(statusInWords(status));
  });
}

async function stop(cli: Cli, client: Client, options: StopOptions): Promise<HaltStatus | 'kept' | undefined> {
  const { reason, yes, key, out, signature, passphraseFile } = options;
  if (signature !== undefined) return sendStop(client, signature);
  if (reason === undefined) return client.emergencyStop();
  if (key !== undefined) {
    const how = { key, ...(passphraseFile === undefined ? {} : { passphraseFile }), confirmed: yes !== undefined };
    const signed = await signStop(cli, client, reason, how);
    if (signed === undefined) return undefined;
    if (out === undefined) return client.sendStop(signed);
    await keepStop(signed, out);
    return 'kept';
  }
  if (yes === undefined) {
    if (!cli.terminal.interactive)
      throw new CliError('not-confirmed', 'this has to be confirmed', { hint: 'Add --yes.', exitCode: EXIT.pending });
    if (!(await confirm(cli.terminal, 'Stop everything on all endpoints of this organisation?', cli.signal)))
      return undefined;
  }
  return client.changeEmergencyStop({ action: 'stop', reason });
}

async function goOn(cli: Cli, client: Client, options: StopOptions): Promise<HaltStatus | undefined> {
  let status = await client.emergencyStop();
  if (status.halted && status.pending === null) {
    const { reason } = options;
    if (reason === undefined) throw usageError('why may it go on?', 'Add --reason.');
    status = await client.changeEmergencyStop({ action: 'go-on', reason });
  }
  const { pending } = status;
  const { key, yes, passphraseFile } = options;
  if (pending === null || key === undefined) return status;
  const { payload, reason } = readHalt(pending);
  cli.terminal.out(`To be signed: everything may go on (${printable(reason)})`);
  const digest = statementDigest(HALT_PAYLOAD_TYPE, payload);
  const signature = await signShown(
    cli,
    { payloadType: HALT_PAYLOAD_TYPE, payload, digest },
    { key, ...(passphraseFile === undefined ? {} : { passphraseFile }), ...(typeof yes === 'string' ? { yes } : {}) },
  );
  return signature === undefined ? undefined : client.signGoOn(pending.id, signature);
}

/** What is shown is read from the bytes that are signed. */
function readHalt({ signed }: HaltEntry): { readonly payload: Buffer; readonly reason: string } {
  const payload = Buffer.from(signed.payload, 'base64');
  const statement = canonicalPayload(payload)?.value;
  if (Value.Check(HaltStatement, statement) && statement.action === 'go-on')
    return { payload, reason: statement.reason };
  throw new CliError('digest-differs', 'what is to be signed is no end of a stop', { exitCode: EXIT.refused });
}

function statusInWords({ halted, current, pending }: HaltStatus): string {
  if (!halted) return 'No emergency stop holds.';
  const since = current === null ? '' : ` since ${current.createdAt}: ${printable(current.statement.reason)}`;
  if (pending === null) return `Everything is stopped${since}.`;
  return `Everything is stopped${since}. That it may go on: ${progressInWords(pending.progress, ' approvers have signed')}.`;
}
