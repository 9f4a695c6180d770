import { readFile, writeFile } from 'node:fs/promises';
import { type ApprovalDetail, APPROVAL_PAYLOAD_TYPE, ApproverSignature } from '@thimble/protocol';
import type { Command } from 'commander';
import { Value } from 'typebox/value';
import type { Cli } from '../../cli.ts';
import { CliError, usageError } from '../../cli-error.ts';
import { EXIT } from '../../exit-codes.ts';
import { connect } from '../connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from '../options.ts';
import { printJson } from '../print.ts';
import { type CheckedApproval, checkApproval, fetchApproval, readApprovalFile } from './checked-approval.ts';
import { keygenCommand } from './keygen.ts';
import { narrowingOf, type Narrowing, withNarrowing } from './narrowing.ts';
import { progressInWords } from './progress-in-words.ts';
import { resolveApproval } from './resolve-approval.ts';
import { signShown } from './sign.ts';
import { showApproval } from './statement-view.ts';

interface ApproveOptions extends ConnectionOptions, Narrowing {
  readonly key?: string;
  readonly passphraseFile?: string;
  readonly yes?: string;
  readonly statement?: string;
  readonly out?: string;
  readonly signature?: string;
}

/** `thimble approve`: an approver's signature, made on the approver's own machine. */
export function approveCommand(program: Command, cli: Cli): void {
  const command = withJson(withConnection(program.command('approve [request]')))
    .description(
      'Sign what shall be installed, with a key of your own. What is signed is computed here from what is shown, so a server can’t show one thing and have another one signed.',
    )
    .option('--key <file>', 'your key (thimble approve keygen FILE)')
    .option('--passphrase-file <file>', 'its passphrase, instead of asking for it')
    .option('--yes <digest>', 'do not ask: the beginning of the digest that you have compared')
    .option('--statement <file>', 'without a server: a request that was written by `thimble approvals show --out`')
    .option('--out <file>', 'write the signature there instead of sending it')
    .option('--signature <file>', 'send a signature that was made elsewhere');
  examples(command, [
    ['thimble approve keygen ada.key', 'make a key; ada.key.pub is for the set of approvers'],
    ['thimble approve last --key ada.key', 'look at the newest request, and sign it'],
    ['thimble approve last --actions apply --days 2 --key ada.key', 'ask for less first: no restarts, no reboot'],
    ['thimble approve --statement r.json --key ada.key --out r.sig', 'on a machine without a network'],
    ['thimble approve 3f0c5a12 --signature r.sig', 'and bring it to the server'],
  ]);
  withNarrowing(command);
  keygenCommand(command, cli);
  command.action(async (request: string | undefined, _, given: Command) => {
    const options = given.optsWithGlobals<ApproveOptions>();
    if (options.signature !== undefined) return bring(cli, request, options.signature, options);
    const { key } = options;
    if (key === undefined) throw usageError('your key is needed', 'For example: thimble approve last --key ada.key');
    const approval = await toBeSigned(cli, request, options);
    showApproval(cli.terminal, approval.statement, approval.transactions, approval.nameOf);
    const { payload, digest } = approval;
    const signature = await signShown(
      cli,
      { payloadType: APPROVAL_PAYLOAD_TYPE, payload, digest },
      { ...options, key },
    );
    if (signature === undefined) return cli.exitWith(EXIT.pending);
    if (options.out !== undefined) {
      await writeFile(options.out, `${JSON.stringify(signature)}\n`, { flag: 'wx' });
      return cli.terminal.note(`The signature is in ${options.out}.`);
    }
    await send(cli, approval.statement.id, signature, options);
  });
}

async function toBeSigned(cli: Cli, request: string | undefined, options: ApproveOptions): Promise<CheckedApproval> {
  const wanted = narrowingOf(options, cli.now());
  if (options.statement !== undefined) {
    if (wanted !== undefined)
      throw usageError('a request of a file is signed as it is', 'Narrow it first: thimble approvals narrow REQUEST');
    if (options.out === undefined) throw usageError('a request of a file is signed into a file: add --out FILE');
    return checkApproval(await readApprovalFile(options.statement));
  }
  if (request === undefined) throw usageError('which request?', 'The command `thimble approvals` lists them.');
  const client = connect(cli, options);
  const found = await resolveApproval(client, request);
  const approval = wanted === undefined ? found : await client.narrowApproval(found.summary.id, wanted);
  return checkApproval(await fetchApproval(client, approval));
}

async function bring(cli: Cli, request: string | undefined, path: string, options: ApproveOptions): Promise<void> {
  if (request === undefined) throw usageError('which request is the signature for?');
  let signature: unknown;
  try {
    signature = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new CliError('signature-file', `${path} can't be read as a signature`, { cause });
  }
  if (!Value.Check(ApproverSignature, signature)) throw new CliError('signature-file', `${path} is no signature`);
  const { summary } = await resolveApproval(connect(cli, options), request);
  await send(cli, summary.id, signature, options);
}

async function send(cli: Cli, id: string, signature: ApproverSignature, options: ApproveOptions): Promise<void> {
  const detail = await connect(cli, options).signApproval(id, signature);
  if (options.json === true) return printJson(cli.terminal, detail);
  cli.terminal.note(signedInWords(detail));
}

function signedInWords({ summary: { state, progress } }: ApprovalDetail): string {
  const count = progressInWords(progress, ' have signed');
  return state === 'granted' ? `Signed. ${count}: it begins.` : `Signed. ${count}.`;
}
