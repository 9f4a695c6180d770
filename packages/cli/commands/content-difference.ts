import type { PackageDifference, SnapshotDifference, SnapshotDifferenceQuery } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type Column, formatBytes, listing, plural, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { resolveSnapshot } from './content-resolve.ts';
import { type ConnectionOptions, examples, wholeNumber } from './options.ts';
import { printJson, printTable } from './print.ts';

type DiffOptions = ConnectionOptions & {
  readonly from?: string;
  readonly search?: string;
  readonly fleet?: boolean;
  readonly limit?: number;
};

export function differenceCommand(content: Command, cli: Cli): void {
  const command = content
    .command('diff <snapshot>')
    .description('what a snapshot changes against an earlier one, and which vulnerabilities it closes')
    .option('--from <snapshot>', 'the earlier one; else the one before')
    .option('--search <text>', 'only packages with this in their name')
    .option('--fleet', 'only packages that the fleet has')
    .option('--limit <number>', 'show so many packages', wholeNumber(1, 10_000), 100);
  examples(command, [
    ['thimble content diff last --fleet', 'what the newest snapshot would change here'],
    ['thimble content diff 2026-11 --from 2026-10', 'two of them'],
  ]);
  command.action(async (text: string, _, given: Command) => {
    const options = given.optsWithGlobals<DiffOptions>();
    const client = connect(cli, options);
    const { id } = await resolveSnapshot(client, text);
    const query: SnapshotDifferenceQuery = {
      ...(options.from === undefined ? {} : { from: (await resolveSnapshot(client, options.from)).id }),
      ...(options.search === undefined ? {} : { search: options.search }),
      ...(options.fleet === undefined ? {} : { fleet: options.fleet }),
      ...(options.limit === undefined ? {} : { limit: options.limit }),
    };
    const difference = await client.snapshotDifference(id, query);
    if (options.json === true) return printJson(cli.terminal, difference);
    show(cli, difference);
  });
}

const COLUMNS: readonly Column<PackageDifference>[] = [
  {
    title: 'PACKAGE',
    value: ({ name, architecture }) => printable(`${name}:${architecture}`),
    flexible: true,
    leastWidth: 16,
  },
  { title: 'FROM', value: ({ from }) => printable(from ?? '-'), flexible: true },
  { title: 'TO', value: ({ to, blocked }) => `${printable(to ?? '-')}${blocked ? ' (blocked)' : ''}`, flexible: true },
  { title: 'CLOSES', value: ({ closes }) => printable(listing(closes, 3)), flexible: true, dispensable: 2 },
  { title: 'ENDPOINTS', value: ({ endpointCount }) => String(endpointCount), align: 'right' },
  { title: 'SIZE', value: ({ downloadBytes }) => formatBytes(downloadBytes), align: 'right', dispensable: 1 },
];

/** Vulnerabilities that are named before the rest is only counted. */
const NAMED = 20;

function show({ terminal }: Cli, difference: SnapshotDifference): void {
  const { from, to, changedCount, addedCount, removedCount, closes, fleet, gaps, items, total } = difference;
  terminal.out(
    terminal.colour.bold(`${from === null ? 'nothing' : printable(from.name)} → ${printable(to.name)}`) +
      `  ${changedCount} changed, ${addedCount} new, ${removedCount} gone, ${formatBytes(difference.downloadBytes)}`,
  );
  terminal.out(
    `On the fleet as it is: ${plural(fleet.packageCount, 'package')} on ${plural(fleet.endpointCount, 'endpoint')}, ${formatBytes(fleet.downloadBytes)} to download.`,
  );
  if (closes.length > 0) {
    terminal.out(`It closes ${plural(closes.length, 'vulnerability', 'vulnerabilities')}:`);
    printTable(
      terminal,
      [
        { title: 'VULNERABILITY', value: ({ id }) => printable(id) },
        { title: 'SEVERITY', value: ({ severity }) => severity },
        { title: 'EXPLOITED', value: ({ exploited }) => (exploited ? terminal.colour.bad('yes') : '') },
        { title: 'ENDPOINTS', value: ({ endpointCount }) => String(endpointCount), align: 'right' },
        { title: 'IN', value: ({ packages }) => printable(listing(packages, 4)), flexible: true },
      ],
      closes.slice(0, NAMED),
    );
    if (closes.length > NAMED) terminal.note(`and ${closes.length - NAMED} more (--json has them all)`);
  }
  for (const { what, why } of gaps) terminal.note(printable(`not known: ${what}: ${why}`));
  if (items.length === 0) return terminal.note('No package differs.');
  terminal.out('');
  printTable(terminal, COLUMNS, items);
  if (total > items.length) terminal.note(`\n${items.length} of ${total}; see --limit, --search and --fleet.`);
}
