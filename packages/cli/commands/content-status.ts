import type { ContentStatus, Savings, SavingsQuery } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { type Column, formatAgo, formatBytes, plural, printable, type Terminal } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples, wholeNumber, withJson } from './options.ts';
import { printFacts, printJson, printTable } from './print.ts';

/** The store itself: how full it is, what is under way, what it saved, and taking out what nothing needs. */
export function statusCommands(group: Command, cli: Cli): void {
  group
    .command('status', { isDefault: true })
    .description('how the content store is and what is under way')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const status = await connect(cli, options).content();
      if (options.json === true) return printJson(cli.terminal, status);
      showStatus(cli.terminal, status, cli.now().getTime());
    });
  savingsCommand(group, cli);
  settingsCommand(group, cli);
  group
    .command('collect')
    .description('remove what no snapshot, run or retention needs (happens daily by itself)')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      await connect(cli, options).collectContent();
      if (options.json === true) return printJson(cli.terminal, { asked: true });
      cli.terminal.note('Asked for. How it went: thimble content status');
    });
}

function showStatus(terminal: Terminal, status: ContentStatus, nowMs: number): void {
  const { collection, freeBytes, totalBytes } = status;
  const paint = status.state === 'acquiring' ? terminal.colour.good : terminal.colour.bad;
  printFacts(terminal, [
    ['state', `${paint(status.state)}  ${printable(status.explanation)}`],
    ['store', printable(status.store)],
    ['holds', `${plural(status.objectCount, 'file')}, ${formatBytes(status.objectBytes)}`],
    [
      'free',
      freeBytes === null || totalBytes === null
        ? 'not known'
        : `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)}; nothing is acquired below ${formatBytes(status.reserveBytes)}`,
    ],
    ['readable by', status.access === 'open' ? 'anybody who can reach it' : 'endpoints with a ticket'],
    [
      'collection',
      `${collection.running ? 'running' : formatAgo(collection.lastAt, nowMs)}; the next one frees ${formatBytes(collection.collectableBytes)}`,
    ],
    [
      'snapshots',
      `${status.snapshotEveryHours === null ? 'by hand' : `every ${status.snapshotEveryHours} h`}, kept ${status.retentionDays} days`,
    ],
  ]);
  if (status.transfers.length === 0) return;
  terminal.out('');
  printTable(
    terminal,
    [
      { title: 'UNDER WAY', value: ({ name }) => printable(name), flexible: true, leastWidth: 24 },
      { title: 'FROM', value: ({ host }) => printable(host), dispensable: 1 },
      {
        title: 'RECEIVED',
        value: ({ receivedBytes, sizeBytes }) => `${formatBytes(receivedBytes)} of ${formatBytes(sizeBytes)}`,
        align: 'right',
      },
      { title: 'WAIT FOR IT', value: ({ followers }) => String(followers), align: 'right', dispensable: 2 },
    ],
    status.transfers,
  );
}

type SavingsOptions = ConnectionOptions & { readonly by?: NonNullable<SavingsQuery['by']>; readonly days?: number };

function savingsCommand(group: Command, cli: Cli): void {
  const command = group
    .command('savings')
    .description('bytes that crossed the Internet link, and bytes that endpoints got')
    .addOption(
      new Option('--by <what>', 'one line for each')
        .choices(['time', 'snapshot', 'repository', 'relay', 'site'])
        .default('time'),
    )
    .option('--days <number>', 'of the last so many days', wholeNumber(1, 730), 30);
  examples(command, [['thimble content savings --by site --days 90', 'what each site would have fetched by itself']]);
  command.action(async (_, given: Command) => {
    const options = given.optsWithGlobals<SavingsOptions>();
    const { by = 'time', days = 30 } = options;
    const savings = await connect(cli, options).savings({ by, days });
    if (options.json === true) return printJson(cli.terminal, savings);
    const columns: readonly Column<Savings['items'][number]>[] = [
      { title: by === 'time' ? 'DAY' : by.toUpperCase(), value: ({ label }) => printable(label), flexible: true },
      { title: 'FROM UPSTREAM', value: ({ upstreamBytes }) => formatBytes(upstreamBytes), align: 'right' },
      { title: 'SERVED', value: ({ servedBytes }) => formatBytes(servedBytes), align: 'right' },
      { title: 'REQUESTS', value: ({ requests }) => String(requests), align: 'right', dispensable: 1 },
      { title: 'HITS', value: ({ hits, requests }) => percent(hits, requests), align: 'right' },
    ];
    printTable(cli.terminal, columns, savings.items);
    cli.terminal.note(`\n${savingsInWords(savings)}`);
  });
}

function savingsInWords({ upstreamBytes, servedBytes, relayedBytes, requests, hits }: Savings): string {
  const saved = Math.max(0, servedBytes - upstreamBytes);
  return `${formatBytes(servedBytes)} served, ${formatBytes(relayedBytes)} of it by relays, for ${formatBytes(upstreamBytes)} from upstream: ${formatBytes(saved)} less. ${percent(hits, requests)} of ${plural(requests, 'request')} were there already.`;
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(part === whole ? 0 : 1)} %`;
}

type SettingsOptions = ConnectionOptions & { readonly every?: number | 'never'; readonly keep?: number };

function settingsCommand(group: Command, cli: Cli): void {
  const hours = wholeNumber(1, 8760);
  const command = withJson(group.command('set'))
    .description('when snapshots are made by themselves, and how long they are kept')
    .option('--every <hours>', 'a snapshot so often, when something is new; `never`: only by hand', (text) =>
      text === 'never' ? text : hours(text),
    )
    .option('--keep <days>', 'snapshots that nothing uses are collected after so many days', wholeNumber(1, 3650));
  examples(command, [['thimble content set --every 24 --keep 90', 'a snapshot a day, kept for three months']]);
  command.action(async (_, given: Command) => {
    const options = given.optsWithGlobals<SettingsOptions>();
    const { every, keep } = options;
    const status = await connect(cli, options).updateContent({
      ...(every === undefined ? {} : { snapshotEveryHours: every === 'never' ? null : every }),
      ...(keep === undefined ? {} : { retentionDays: keep }),
    });
    if (options.json === true) return printJson(cli.terminal, status);
    showStatus(cli.terminal, status, cli.now().getTime());
  });
}
