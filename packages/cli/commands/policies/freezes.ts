import type { EndpointFilter, Freeze } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import type { Cli } from '../../cli.ts';
import { CliError } from '../../cli-error.ts';
import { EXIT } from '../../exit-codes.ts';
import { formatAgo, plural, printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { labelsOf } from '../labels.ts';
import { beginningOf, momentOf } from '../moment.ts';
import { type ConnectionOptions, examples, words } from '../options.ts';
import { printJson, printTable } from '../print.ts';

interface FreezeOptions extends ConnectionOptions {
  readonly reason: string;
  readonly from?: string;
  readonly until?: string;
  readonly group?: readonly string[];
  readonly site?: readonly string[];
  readonly host?: readonly string[];
  readonly label?: readonly string[];
}

export function freezeCommands(windows: Command, cli: Cli): void {
  freezeCommand(windows, cli);
  const { terminal } = cli;
  const group = windows.command('freezes').description('times in which nothing begins, whatever policies say');
  group
    .command('list', { isDefault: true })
    .description('list those that stand or come')
    .option('--all', 'also those that are over')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { all?: boolean }>();
      const { items } = await connect(cli, options).freezes();
      const nowMs = cli.now().getTime();
      const shown = items.filter((freeze) => options.all === true || !isOver(freeze, nowMs));
      if (options.json === true) return printJson(terminal, { items: shown, total: shown.length });
      if (shown.length === 0) return terminal.note('Nothing is frozen.');
      printTable<Freeze>(
        terminal,
        [
          { title: 'ID', value: ({ id }) => id.slice(-8) },
          { title: 'WHAT', value: ({ scopeInWords }) => printable(scopeInWords), flexible: true, leastWidth: 14 },
          { title: 'ENDPOINTS', value: ({ endpointCount }) => String(endpointCount), align: 'right' },
          { title: 'FROM', value: ({ startsAt }) => formatAgo(startsAt, nowMs) },
          { title: 'UNTIL', value: (freeze) => untilInWords(freeze, nowMs) },
          { title: 'BY', value: ({ createdBy }) => printable(createdBy), dispensable: 1 },
          { title: 'WHY', value: ({ reason }) => printable(reason), flexible: true, leastWidth: 14 },
        ],
        shown,
      );
    });
  group
    .command('end <freeze>')
    .description('let things begin again (beginning or end of its id, or `last`)')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const ended = await client.endFreeze(pickFreeze((await client.freezes()).items, text).id);
      if (options.json === true) return printJson(terminal, ended);
      terminal.note(`The freeze of ${printable(ended.scopeInWords)} is over.`);
    });
}

function freezeCommand(windows: Command, cli: Cli): void {
  const command = windows
    .command('freeze')
    .description('from now on, or from a moment, nothing begins; what is under way ends as it would')
    .requiredOption('--reason <text>', 'why, for whoever asks later')
    .addOption(
      new Option('--from <moment>', 'when it begins (a day: its beginning, UTC); without it: now').argParser(
        beginningOf,
      ),
    )
    .addOption(
      new Option('--until <moment>', 'when it ends (a day: its end, UTC); without it: when somebody ends it').argParser(
        momentOf,
      ),
    )
    .option('--group <names>', 'only endpoints of these groups', words)
    .option('--site <labels>', 'only endpoints of these sites', words)
    .option('--host <patterns>', 'only endpoints so named; * and ? as in a shell', words)
    .option('--label <key=value>', 'only endpoints with these labels', words);
  examples(command, [
    ['thimble windows freeze --reason "incident 4711"', 'everything, until somebody ends it'],
    ['thimble windows freeze --group tills --until 2026-12-27 --reason Christmas', 'only these, until then'],
  ]);
  command.action(async (_, given: Command) => {
    const options = given.optsWithGlobals<FreezeOptions>();
    const { reason, from, until } = options;
    const freeze = await connect(cli, options).createFreeze({
      reason,
      scope: scopeOf(options),
      ...(from === undefined ? {} : { startsAt: from }),
      ...(until === undefined ? {} : { endsAt: until }),
    });
    if (options.json === true) return printJson(cli.terminal, freeze);
    cli.terminal.note(
      printable(
        `${freeze.active ? 'Frozen' : `Frozen from ${freeze.startsAt} on`}: ${freeze.scopeInWords} (${plural(freeze.endpointCount, 'endpoint')}), until ${freeze.endsAt ?? 'thimble windows freezes end last'}.`,
      ),
    );
  });
}

function scopeOf({ group, site, host, label }: FreezeOptions): EndpointFilter {
  return {
    ...(group === undefined ? {} : { groups: [...group] }),
    ...(site === undefined ? {} : { sites: [...site] }),
    ...(host === undefined ? {} : { hostnames: [...host] }),
    ...(label === undefined ? {} : { labels: labelsOf(label) }),
  };
}

function untilInWords({ endsAt, endedAt }: Freeze, nowMs: number): string {
  if (endedAt !== null) return `ended ${formatAgo(endedAt, nowMs)}`;
  return endsAt === null ? 'somebody ends it' : formatAgo(endsAt, nowMs);
}

function isOver({ endsAt, endedAt }: Freeze, nowMs: number): boolean {
  return endedAt !== null || (endsAt !== null && Date.parse(endsAt) <= nowMs);
}

function pickFreeze(all: readonly Freeze[], text: string): Freeze {
  const standing = all.filter(({ endedAt }) => endedAt === null);
  const found =
    text === 'last'
      ? standing.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).slice(0, 1)
      : standing.filter(({ id }) => id === text || (text.length > 2 && (id.startsWith(text) || id.endsWith(text))));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new CliError(
    only === undefined ? 'unknown-freeze' : 'ambiguous-freeze',
    only === undefined ? `no freeze that stands has the id ${JSON.stringify(text)}` : `${found.length} freezes fit`,
    { hint: 'The command `thimble windows freezes` lists them.', exitCode: EXIT.usage },
  );
}
