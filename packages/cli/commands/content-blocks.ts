import type { BlockSummary } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../cli-error.ts';
import { formatAgo, listing, plural, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples } from './options.ts';
import { printJson, printTable } from './print.ts';

export function blockCommands(content: Command, cli: Cli): void {
  blockCommand(content, cli);
  const group = content.command('blocks').description('package versions that nobody gets any more, and where they are');
  group
    .command('list', { isDefault: true })
    .description('list those that stand')
    .option('--all', 'also those that were lifted')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { all?: boolean }>();
      const { items } = await connect(cli, options).blocks();
      const shown = items.filter(({ liftedAt }) => options.all === true || liftedAt === null);
      if (options.json === true) return printJson(cli.terminal, { items: shown, total: shown.length });
      if (shown.length === 0) return cli.terminal.note('Nothing is blocked.');
      const nowMs = cli.now().getTime();
      printTable(
        cli.terminal,
        [
          { title: 'ID', value: ({ id }) => id, dispensable: 1 },
          { title: 'BLOCKED', value: subject, flexible: true, leastWidth: 20 },
          {
            title: 'SINCE',
            value: ({ createdAt, liftedAt }) => (liftedAt === null ? formatAgo(createdAt, nowMs) : 'lifted'),
          },
          { title: 'BY', value: ({ createdBy }) => printable(createdBy), dispensable: 2 },
          { title: 'INSTALLED ON', value: ({ installedCount }) => plural(installedCount, 'endpoint') },
          { title: 'WHY', value: ({ reason }) => printable(reason), flexible: true, leastWidth: 16 },
        ],
        shown,
      );
    });
  group
    .command('lift <block>')
    .description('let it be installed again (name, or the beginning or end of its id)')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const block = pickBlock((await client.blocks()).items, text);
      await client.liftBlock(block.id);
      if (options.json === true) return printJson(cli.terminal, block);
      cli.terminal.note(`${subject(block)} may be installed again.`);
    });
}

function blockCommand(content: Command, cli: Cli): void {
  const command = content
    .command('block <package> <version>')
    .description('recall a package version: from now on no endpoint gets it, orders under way included')
    .requiredOption('--reason <text>', 'why, for whoever asks later')
    .option('--source', 'the name is a source package’s: everything that is built from it')
    .option('--architecture <name>', 'only on this one');
  examples(command, [
    ['thimble content block openssl 3.0.22-1 --reason "breaks LDAP"', 'one package'],
    ['thimble content block openssl 3.0.22-1 --source --reason "breaks LDAP"', 'with libssl3 and all others of it'],
  ]);
  command.action(async (name: string, version: string, _, given: Command) => {
    const options = given.optsWithGlobals<
      ConnectionOptions & { reason: string; source?: boolean; architecture?: string }
    >();
    const block = await connect(cli, options).createBlock({
      name,
      version,
      reason: options.reason,
      ...(options.source === undefined ? {} : { source: options.source }),
      ...(options.architecture === undefined ? {} : { architecture: options.architecture }),
    });
    if (options.json === true) return printJson(cli.terminal, block);
    cli.terminal.out(`${subject(block)} is blocked. ${plural(block.stoppedOrders, 'order')} stopped.`);
    if (block.packages.length === 0)
      cli.terminal.note(
        cli.terminal.errColour.warning(
          `No repository and no endpoint knows ${subject(block)}: is the version right? Lift it with: thimble content blocks lift ${block.id}`,
        ),
      );
    if (block.tooLateOrders > 0)
      cli.terminal.note(
        cli.terminal.errColour.warning(`${plural(block.tooLateOrders, 'order')} could not be stopped any more.`),
      );
    if (block.installedCount > 0)
      cli.terminal.note(
        `Installed already on ${printable(
          listing(
            block.installedOn.map(({ hostname }) => hostname),
            12,
          ),
        )}: thimble runs roll-back takes it off where a run brought it.`,
      );
  });
}

function subject({ name, version, architecture, source }: BlockSummary): string {
  return printable(`${source ? 'source ' : ''}${name} ${version}${architecture === null ? '' : ` on ${architecture}`}`);
}

function pickBlock(all: readonly BlockSummary[], text: string): BlockSummary {
  const found = all.filter(
    ({ id, name, liftedAt }) =>
      liftedAt === null &&
      (name === text || id === text || (text.length > 2 && (id.startsWith(text) || id.endsWith(text)))),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new CliError(
    only === undefined ? 'unknown-block' : 'ambiguous-block',
    only === undefined ? `no block that stands is called ${JSON.stringify(text)}` : `${found.length} blocks fit`,
    { hint: 'The command `thimble content blocks` lists them.', exitCode: EXIT.usage },
  );
}
