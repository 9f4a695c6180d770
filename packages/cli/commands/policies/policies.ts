import type { PolicyDetail, PolicySummary, PolicyVersion } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { CliError } from '../../cli-error.ts';
import type { Client } from '../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { confirm, formatAgo, plural, printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { pick } from '../content-resolve.ts';
import { type ConnectionOptions, examples, withConnection, withJson, wholeNumber } from '../options.ts';
import { printJson, printTable } from '../print.ts';
import { applyCommands } from './apply.ts';
import { detachCommand } from './detach.ts';
import { originInWords } from './origin-in-words.ts';
import { showPolicy } from './policy-view.ts';
import { resolvePolicy } from './resolve-policy.ts';
import { switchCommands } from './switch.ts';

export function policiesCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('policies'))).description(
    'What is patched by when and how carefully: documents with versions, kept in files or git.',
  );
  examples(group, [
    ['thimble policies template servers-in-rings > servers.yaml', 'something to start from'],
    ['thimble policies check servers.yaml', 'what is wrong in it, and what it would mean for the fleet'],
    ['thimble policies apply policies/', 'make or change policies as the files say'],
    ['thimble policies show servers-weekly', 'who follows it, its rings, its next windows'],
    ['thimble simulate --policy servers.yaml --days 60', 'the coming weeks, before anything happens'],
  ]);
  lookingCommands(group, cli);
  applyCommands(group, cli);
  switchCommands(group, cli);
  detachCommand(group, cli);
  removeCommand(group, cli);
}

function lookingCommands(group: Command, cli: Cli): void {
  const { terminal } = cli;
  group
    .command('list', { isDefault: true })
    .description('list them, and the endpoints that follow none')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).policies();
      if (options.json === true) return printJson(terminal, list);
      if (list.items.length === 0)
        terminal.note('There is no policy yet: `thimble policies templates` lists some to start from.');
      else showPolicies(cli, list.items);
      const { total, first } = list.uncovered;
      if (total > 0)
        terminal.note(
          terminal.errColour.warning(
            `${plural(total, 'endpoint follows', 'endpoints follow')} no policy: ${printable(
              first.map(({ hostname }) => hostname).join(', '),
            )}${total > first.length ? ' …' : ''}`,
          ),
        );
    });
  group
    .command('show <policy>')
    .description('show one policy: its text, whom it takes, what it would do now')
    .option('--as-of <version>', 'as it was in this version', wholeNumber(1, 1_000_000))
    .option('--text', 'only its text, as it was written')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { asOf?: number; text?: boolean }>();
      const detail = await policyNamed(connect(cli, options), name, options.asOf);
      if (options.json === true) printJson(terminal, detail);
      else if (options.text === true) terminal.out(detail.text.trimEnd());
      else showPolicy(cli, detail);
    });
  group
    .command('versions <policy>')
    .description('who changed what, and when')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const { versions } = await policyNamed(connect(cli, options), name);
      if (options.json === true) return printJson(terminal, versions);
      for (const version of versions) showVersion(cli, version);
    });
  group
    .command('templates')
    .description('policies to start from')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const { items } = await connect(cli, options).policyTemplates();
      if (options.json === true) return printJson(terminal, items);
      printTable(
        terminal,
        [
          { title: 'NAME', value: ({ name }) => name },
          { title: 'FOR', value: ({ title }) => title, flexible: true },
        ],
        items,
      );
    });
  group
    .command('template <name>')
    .description('print one of them, to be written into a file and changed')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const { items } = await connect(cli, options).policyTemplates();
      const found = pick(
        items.map((item) => ({ ...item, id: item.name })),
        name,
        'template',
        'There is none.',
      );
      terminal.out(found.text.trimEnd());
    });
}

async function policyNamed(client: Client, name: string, version?: number): Promise<PolicyDetail> {
  return client.policy((await resolvePolicy(client, name)).id, version);
}

function showPolicies(cli: Cli, items: readonly PolicySummary[]): void {
  const { colour } = cli.terminal;
  const nowMs = cli.now().getTime();
  printTable<PolicySummary>(
    cli.terminal,
    [
      {
        title: 'POLICY',
        value: ({ name, enabled }) => (enabled ? printable(name) : colour.dim(`${printable(name)} (off)`)),
        flexible: true,
        leastWidth: 12,
      },
      { title: 'ENDPOINTS', value: ({ endpointCount }) => String(endpointCount), align: 'right' },
      { title: 'RINGS', value: ({ ringNames }) => printable(ringNames.join(' → ')), flexible: true, leastWidth: 12 },
      {
        title: 'NEXT WINDOW',
        value: ({ nextWindowAt, windowsInWords }) =>
          windowsInWords.length === 0 ? 'any time' : nextWindowAt === null ? '-' : formatAgo(nextWindowAt, nowMs),
      },
      {
        title: 'NEXT START',
        value: ({ nextStartAt }) => (nextStartAt === null ? 'by hand' : formatAgo(nextStartAt, nowMs)),
        dispensable: 1,
      },
      {
        title: 'UNDER WAY',
        value: ({ activeRollout }) =>
          activeRollout === null ? '-' : printable(`${activeRollout.name} (${activeRollout.state})`),
        flexible: true,
        leastWidth: 10,
      },
      ...(items.some((item) => originInWords(item) !== '')
        ? [
            {
              title: 'WHOSE',
              value: (item: PolicySummary) => printable(originInWords(item)),
              flexible: true,
              leastWidth: 10,
            },
          ]
        : []),
      { title: 'VERSION', value: ({ version }) => String(version), align: 'right', dispensable: 2 },
    ],
    items,
  );
}

function showVersion({ terminal }: Cli, { version, changedAt, changedBy, note, changes }: PolicyVersion): void {
  const { colour } = terminal;
  terminal.out(
    `${colour.bold(`version ${version}`)}  ${colour.dim(`${changedAt}  ${printable(changedBy)}`)}${note === '' ? '' : `  ${printable(note)}`}`,
  );
  for (const { words } of changes) terminal.out(`  ${printable(words)}`);
}

function removeCommand(group: Command, cli: Cli): void {
  group
    .command('remove <policy>')
    .description('remove a policy; its versions and what it did stay on record')
    .option('--yes', 'do not ask')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { yes?: boolean }>();
      const client = connect(cli, options);
      const policy = await resolvePolicy(client, name);
      if (options.yes !== true) {
        const question = `Remove ${printable(policy.name)}? ${plural(policy.endpointCount, 'endpoint follows', 'endpoints follow')} it.`;
        if (!cli.terminal.interactive)
          throw new CliError('not-confirmed', 'a removal has to be confirmed', {
            hint: 'Add --yes.',
            exitCode: EXIT.pending,
          });
        if (!(await confirm(cli.terminal, question, cli.signal))) return cli.exitWith(EXIT.pending);
      }
      await client.removePolicy(policy.id);
      if (options.json === true) return printJson(cli.terminal, policy);
      cli.terminal.note(`${printable(policy.name)} is removed.`);
    });
}
