import {
  type Approver,
  type ApproverCandidates,
  APPROVER_SET_PAYLOAD_TYPE,
  ApproverSet,
  type ApproverSetEntry,
  type ApproverStatus,
  canonicalJson,
  type SignedStatement,
} from '@thimble/protocol';
import { canonicalPayload, sha256, statementDigest } from '@thimble/protocol/signing';
import type { Command } from 'commander';
import { Value } from 'typebox/value';
import type { Cli } from '../../cli.ts';
import { CliError, usageError } from '../../cli-error.ts';
import { EXIT } from '../../exit-codes.ts';
import { printable, type Terminal } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { type ConnectionOptions, examples, wholeNumber, withConnection, withJson } from '../options.ts';
import { printFacts, printJson } from '../print.ts';
import { nextApprovers } from './next-approvers.ts';
import { progressInWords } from './progress-in-words.ts';
import { signShown } from './sign.ts';
import { showSet } from './statement-view.ts';

/** `thimble approvers`: the people whose signatures endpoints demand. */
export function approversCommands(program: Command, cli: Cli): void {
  const { terminal } = cli;
  const group = withJson(withConnection(program.command('approvers'))).description(
    'the people whose signatures endpoints demand, whoever owns the server',
  );
  group
    .command('list', { isDefault: true })
    .description('the present set, and the proposed one')
    .action(async (_, given: Command) => {
      const options = given.optsWithGlobals<ConnectionOptions>();
      const status = await connect(cli, options).approvers();
      if (options.json === true) return printJson(terminal, status);
      showStatus(cli, status);
    });
  group
    .command('history')
    .description('all sets that there were, newest first')
    .action(async (_, given: Command) => {
      const options = given.optsWithGlobals<ConnectionOptions>();
      const history = await connect(cli, options).approverHistory();
      if (options.json === true) return printJson(terminal, history);
      for (const entry of history.items) showEntry(terminal, entry);
    });
  proposeCommand(group, cli);
  signCommand(group, cli);
  group
    .command('withdraw')
    .description('take the proposed set back')
    .action(async (_, given: Command) => {
      const client = connect(cli, given.optsWithGlobals<ConnectionOptions>());
      await client.withdrawApprovers(proposalOf(await client.approvers()).id);
      terminal.note('The proposal is withdrawn.');
    });
}

function proposeCommand(group: Command, cli: Cli): void {
  const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
  const command = group
    .command('propose')
    .description('propose the next set: the present one with these changes. The first one holds at once.')
    .option('--threshold <count>', 'how many different people have to sign; 0: nobody', wholeNumber(0, 32))
    .option(
      '--key-files-at-least <count>',
      'how many of them by a key file, which a stolen server can’t use; the first set demands 1 where it can',
      wholeNumber(0, 32),
    )
    .option(
      '--approver <name=key>',
      'a person with the public half of a key file (or the key itself); may be repeated',
      collect,
    )
    .option('--person <name>', 'a person with the passkeys by which they sign in; may be repeated', collect)
    .option('--remove <name>', 'a person of the present set who is not in the next; may be repeated', collect);
  examples(command, [
    ['thimble approvers propose --threshold 2 --approver Ada=ada.key.pub --approver Bob=bob.key.pub', 'the first set'],
    ['thimble approvers propose --remove Bob --approver Cyd=cyd.key.pub', 'Bob leaves, Cyd comes'],
    ['thimble approvers propose --key-files-at-least 1', 'passkeys alone are not enough any more'],
  ]);
  command.action(async (_, given: Command) => {
    const options = given.optsWithGlobals<
      ConnectionOptions & {
        threshold?: number;
        keyFilesAtLeast?: number;
        approver?: readonly string[];
        person?: readonly string[];
        remove?: readonly string[];
      }
    >();
    const client = connect(cli, options);
    const { active } = await client.approvers();
    const { items: known } = await client.approverCandidates();
    const next = await nextApprovers(active?.set ?? null, {
      threshold: options.threshold,
      keyFilesAtLeast: options.keyFilesAtLeast,
      added: options.approver ?? [],
      people: (options.person ?? []).map((name) => pickPerson(known, name)),
      removed: options.remove ?? [],
      known,
    });
    const status = await client.proposeApprovers(next);
    for (const { id, name } of next.approvers)
      if (!known.some((person) => person.id === id))
        cli.terminal.note(
          `Nobody called ${printable(name)} signs in at this server: where the four-eyes rule holds, that key can’t sign.`,
        );
    if (options.json === true) return printJson(cli.terminal, status);
    showStatus(cli, status);
  });
}

function pickPerson(known: ApproverCandidates['items'], name: string): Approver {
  const [only, ...others] = known.filter(
    (person) => person.keys.length > 0 && (person.name === name || person.id === name),
  );
  if (only !== undefined && others.length === 0) return only;
  throw usageError(
    only === undefined
      ? `nobody called ${JSON.stringify(name)} has a passkey`
      : `several people are called ${JSON.stringify(name)}`,
    'A passkey is added in the console, below Account.',
  );
}

function signCommand(group: Command, cli: Cli): void {
  group
    .command('sign')
    .description('sign the proposed set with your key; it holds when a threshold of the present set has signed')
    .requiredOption('--key <file>', 'your key')
    .option('--passphrase-file <file>', 'its passphrase, instead of asking for it')
    .option('--yes <digest>', 'do not ask: the beginning of the digest that you have compared')
    .action(async (_, given: Command) => {
      const options = given.optsWithGlobals<
        ConnectionOptions & { key: string; passphraseFile?: string; yes?: string }
      >();
      const client = connect(cli, options);
      const { id, signed } = proposalOf(await client.approvers());
      showSet(cli.terminal, setOf(signed));
      const payload = Buffer.from(signed.payload, 'base64');
      const digest = statementDigest(APPROVER_SET_PAYLOAD_TYPE, payload);
      const signature = await signShown(cli, { payloadType: APPROVER_SET_PAYLOAD_TYPE, payload, digest }, options);
      if (signature === undefined) return cli.exitWith(EXIT.pending);
      const status = await client.signApprovers(id, signature);
      if (options.json === true) return printJson(cli.terminal, status);
      showStatus(cli, status);
    });
}

/** What is shown is read from the bytes that are signed. */
function setOf({ payload }: SignedStatement): ApproverSet {
  const set = canonicalPayload(Buffer.from(payload, 'base64'))?.value;
  if (Value.Check(ApproverSet, set)) return set;
  throw new CliError('digest-differs', 'what is to be signed is no set of approvers', { exitCode: EXIT.refused });
}

/** A version with who brought it about, and when. */
function showEntry(
  terminal: Terminal,
  { set, state, proposedBy, proposedAt, activatedAt, progress }: ApproverSetEntry,
): void {
  showSet(terminal, set);
  const signed = progress.signed.map(({ name, signedAt }): [string, string] => [
    `signed by ${printable(name)}`,
    signedAt,
  ]);
  printFacts(terminal, [
    ['state', state],
    ['proposed', `${proposedAt} by ${printable(proposedBy)}`],
    ...signed,
    ...(activatedAt === null ? [] : [['in force since', activatedAt] as [string, string]]),
    ['SHA-256', sha256(canonicalJson(set))],
  ]);
  terminal.out('');
}

function proposalOf({ proposed }: ApproverStatus): NonNullable<ApproverStatus['proposed']> {
  if (proposed !== null) return proposed;
  throw new CliError('not-proposed', 'no set of approvers is proposed', {
    hint: 'Propose one with: thimble approvers propose',
  });
}

function showStatus({ terminal }: Cli, { active, proposed }: ApproverStatus): void {
  if (active === null) terminal.out('There are no approvers: endpoints do what the server’s key signed.');
  else showSet(terminal, active.set);
  if (proposed === null) return;
  terminal.out(
    `\n${terminal.colour.bold('Proposed')} by ${printable(proposed.proposedBy)}, signed by ${progressInWords(proposed.progress)}:`,
  );
  showSet(terminal, proposed.set);
}
