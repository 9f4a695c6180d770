import type { Justification } from '@thimble/advisories';
import type { CreateExceptionRequest, Exception } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { plural, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { exceptionInWords, printExceptions } from './exception-view.ts';
import { momentOf } from './moment.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from './options.ts';
import { printJson } from './print.ts';
import { resolveEndpoint } from './resolve-endpoint.ts';

/** Repeated here, and held in step by their type: the package that has them takes longer to load than most commands. */
const JUSTIFICATIONS = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const satisfies readonly Justification[];

export function exceptionsCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('exceptions'))).description(
    'What was set aside: risks that somebody bears until a date, and what does not apply here. Nothing is deleted.',
  );
  examples(group, [
    [
      'thimble exceptions accept CVE-2024-6387 --owner "Dana Moss" --reason "on Sunday" --until 2027-01-31',
      'a risk that somebody bears, until then',
    ],
    [
      'thimble exceptions not-affected CVE-2021-44228 --package log4j2 --owner ops --reason "no JNDI"',
      'what VEX documents say',
    ],
    ['thimble exceptions', 'those that hold now'],
    ['thimble exceptions revoke 0199c2', 'by the beginning or end of its id'],
  ]);
  listCommand(group, cli);
  acceptCommand(group, cli);
  notAffectedCommand(group, cli);
  falsePositiveCommand(group, cli);
  revokeCommand(group, cli);
}

function listCommand(group: Command, cli: Cli): void {
  group
    .command('list', { isDefault: true })
    .description('list the exceptions that hold, newest first')
    .option('--all', 'also those that have expired or were revoked')
    .option('--vulnerability <id>', 'only those for this one')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { all?: boolean; vulnerability?: string }>();
      const list = await connect(cli, options).exceptions();
      const items = list.items.filter(
        ({ active, vulnerability }) =>
          (active || options.all === true) &&
          (options.vulnerability === undefined || vulnerability === options.vulnerability),
      );
      if (options.json === true) return printJson(cli.terminal, { items, total: items.length });
      if (items.length === 0) return cli.terminal.note('There is none.');
      printExceptions(cli.terminal, items, cli.now().getTime());
    });
}

interface SetAsideOptions extends ConnectionOptions {
  readonly reason: string;
  readonly owner: string;
  readonly package?: string;
  readonly endpoint?: string;
  readonly until?: string;
  readonly justification?: string;
}

function setAsideCommand(group: Command, name: string, description: string): Command {
  return group
    .command(`${name} <vulnerability>`)
    .description(description)
    .requiredOption('--reason <text>', 'why, for whoever asks later')
    .requiredOption('--owner <name>', 'who answers for it')
    .option('--package <name>', 'only in this package (binary or source name); else in every one')
    .option('--endpoint <name>', 'only on this machine; else on all of them');
}

function acceptCommand(group: Command, cli: Cli): void {
  setAsideCommand(group, 'accept', 'accept a risk until a date; then it is open again by itself')
    .requiredOption('--until <date>', 'its last day (UTC), or a time; an accepted risk always has an end', momentOf)
    .action((id: string, _, command: Command) => setAside(cli, command, id, 'accepted'));
}

function notAffectedCommand(group: Command, cli: Cli): void {
  setAsideCommand(group, 'not-affected', 'state that something is not affected; VEX documents repeat it')
    .addOption(new Option('--justification <kind>', 'in the words of VEX').choices(JUSTIFICATIONS))
    .option('--until <date>', 'its last day (UTC), or a time; else it has no end', momentOf)
    .action((id: string, _, command: Command) => setAside(cli, command, id, 'not-affected'));
}

function falsePositiveCommand(group: Command, cli: Cli): void {
  setAsideCommand(group, 'false-positive', 'state that a finding is wrong')
    .option('--until <date>', 'its last day (UTC), or a time; else it has no end', momentOf)
    .action((id: string, _, command: Command) => setAside(cli, command, id, 'false-positive'));
}

async function setAside(cli: Cli, command: Command, vulnerability: string, kind: Exception['kind']): Promise<void> {
  const options = command.optsWithGlobals<SetAsideOptions>();
  const client = connect(cli, options);
  const endpoint = options.endpoint === undefined ? null : await resolveEndpoint(client, options.endpoint);
  const request: CreateExceptionRequest = {
    vulnerability,
    kind,
    reason: options.reason,
    owner: options.owner,
    ...(options.package === undefined ? {} : { package: options.package }),
    ...(endpoint === null ? {} : { endpointId: endpoint.id }),
    ...(options.justification === undefined ? {} : { justification: options.justification }),
    ...(options.until === undefined ? {} : { expiresAt: options.until }),
  };
  const created = await client.createException(request);
  if (options.json === true) return printJson(cli.terminal, created);
  cli.terminal.out(exceptionInWords(created));
  cli.terminal.note(`Take it back with: thimble exceptions revoke ${created.id}`);
}

function revokeCommand(group: Command, cli: Cli): void {
  group
    .command('revoke <exception>')
    .description('end an exception now: what it set aside is open again')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const exception = pickException((await client.exceptions()).items, text);
      await client.revokeException(exception.id);
      if (options.json === true) return printJson(cli.terminal, exception);
      cli.terminal.note(`${printable(exception.vulnerability)} is not set aside by it any more.`);
    });
}

/** By id, or its unique beginning or end, among those that hold. */
function pickException(all: readonly Exception[], text: string): Exception {
  const active = all.filter(({ active }) => active);
  const found = active.filter(
    ({ id }) => id === text || (text.length > 2 && (id.startsWith(text) || id.endsWith(text))),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new CliError(
    only === undefined ? 'unknown-exception' : 'ambiguous-exception',
    only === undefined
      ? `no exception in force has the id ${JSON.stringify(text)}`
      : `${plural(found.length, 'exception')} begin or end with ${JSON.stringify(text)}`,
    { hint: 'The command `thimble exceptions` lists them.', exitCode: EXIT.usage },
  );
}
