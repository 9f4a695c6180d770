import { existsSync } from 'node:fs';
import { type Feed, FEEDS } from '@thimble/advisories';
import { askedNamespaces, type FeedState, openAdvisories } from '@thimble/feeds';
import type { FeedHealth, FeedList, FeedSummary } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { type Column, formatAgo, listing, plural, printable, type Terminal } from '../terminal/index.ts';
import { type DatabaseOptions, databaseOf, feedsNamed, withDatabase } from './feeds-options.ts';
import { type FleetOptions, serverFor, withFleet } from './feeds-of-server.ts';
import { examples, withJson } from './options.ts';
import { printFacts, printJson, printTable } from './print.ts';

type ListOptions = DatabaseOptions & FleetOptions;

/** A feed that was not synchronised within so many of its intervals is stale. */
const STALE_INTERVALS = 3;
const HOUR_MS = 3_600_000;

export function feedsListCommand(group: Command, cli: Cli): void {
  const command = withFleet(withJson(withDatabase(group.command('list'))))
    .description('the feeds of this machine, or of a server: publisher, licence, age, records, faults')
    .option('--all', 'also those that were never synchronised, or that a server does not need');
  examples(command, [
    ['thimble feeds list', 'what is here, and how old it is'],
    ['thimble feeds list --all', 'what could be'],
    ['thimble feeds list --server local', 'what the server on this machine has, and what its fleet needs'],
  ]);
  command.action(async (options: ListOptions & { all?: boolean }) => {
    const summaries = await summariesOf(cli, options);
    const shown = options.all === true ? summaries : summaries.filter((summary) => isInUse(summary, options));
    if (options.json === true) return printJson(cli.terminal, listOf(shown));
    if (shown.length === 0)
      return cli.terminal.note(
        `No feed was synchronised yet. See which there are: thimble feeds list --all${onServer(options)}`,
      );
    printTable(cli.terminal, columns(cli.terminal, cli.now()), shown);
    const failing = shown.filter(({ health }) => health === 'failing').length;
    if (failing > 0)
      cli.terminal.note(`\n${plural(failing, 'feed')} failed; see why: thimble feeds status${onServer(options)}`);
  });
}

export function feedsStatusCommand(group: Command, cli: Cli): void {
  const command = withFleet(withJson(withDatabase(group.command('status'))))
    .argument('[feeds...]', 'all that were synchronised, unless told')
    .description(`each feed in words, with what was dropped; exit code ${EXIT.failure} when one fails or is stale`);
  examples(command, [['thimble feeds status debian-lists', 'one feed, with the records that could not be used']]);
  command.action(async (ids: readonly string[], options: ListOptions) => {
    const named = new Set(feedsNamed(ids).map(({ id }) => id));
    const summaries = (await summariesOf(cli, options)).filter((summary) =>
      named.size === 0 ? isInUse(summary, options) : named.has(summary.id),
    );
    if (options.json === true) printJson(cli.terminal, listOf(summaries));
    else if (summaries.length === 0) cli.terminal.note('No feed was synchronised yet: thimble feeds sync');
    else for (const summary of summaries) printStatus(cli.terminal, summary, options, cli.now());
    if (summaries.some(({ health }) => health === 'failing' || health === 'stale' || health === 'never'))
      cli.exitWith(EXIT.failure);
  });
}

function listOf(items: readonly FeedSummary[]): FeedList {
  return { items: [...items], total: items.length };
}

/** Whatever is here; on a server also what its fleet needs and has not been synchronised yet. */
function isInUse({ health, syncedAt }: FeedSummary, { server }: ListOptions): boolean {
  return server === undefined ? health !== 'never' : health !== 'off' || syncedAt !== null;
}

function onServer({ server }: ListOptions): string {
  return server === undefined ? '' : ` --server ${server}`;
}

async function summariesOf(cli: Cli, options: ListOptions): Promise<readonly FeedSummary[]> {
  const server = serverFor(cli, options);
  if (server !== null) return (await server.feeds()).items;
  const states = await statesOf(databaseOf(cli, options));
  return FEEDS.map((feed) => summaryOf(feed, states.get(feed.id) ?? null, cli.now()));
}

async function statesOf(path: string): Promise<ReadonlyMap<string, FeedState>> {
  if (!existsSync(path)) return new Map();
  const advisories = openAdvisories(path, 'read');
  try {
    return new Map((await advisories.states()).map((state) => [state.feed, state]));
  } finally {
    advisories.close();
  }
}

function summaryOf(feed: Feed, state: FeedState | null, now: Date): FeedSummary {
  const health = healthOf(feed, state, now);
  const asked = askedNamespaces(state);
  return {
    id: feed.id,
    name: feed.name,
    publisher: feed.publisher,
    documentation: feed.documentation,
    licence: feed.licence,
    namespaces: [...feed.namespaces],
    mode: 'auto',
    neededFor: [...(asked ?? [])],
    health,
    explanation: explanationOf(health, feed, state, now),
    baseUrl: feed.baseUrl,
    intervalHours: feed.intervalHours,
    syncedAt: state?.syncedAt?.toISOString() ?? null,
    changedAt: state?.changedAt?.toISOString() ?? null,
    nextAt: null,
    running: null,
    advisoryCount: state?.advisoryCount ?? 0,
    factCount: state?.factCount ?? 0,
    faultCount: state?.faultCount ?? 0,
    faults: [...(state?.faults ?? [])],
    failure: state?.failure == null ? null : { ...state.failure, at: state.failure.at.toISOString() },
  };
}

function healthOf(feed: Feed, state: FeedState | null, now: Date): FeedHealth {
  if (state?.failure != null) return 'failing';
  if (state?.syncedAt == null) return 'never';
  const ageMs = now.getTime() - state.syncedAt.getTime();
  return ageMs > STALE_INTERVALS * feed.intervalHours * HOUR_MS ? 'stale' : 'fresh';
}

function explanationOf(health: FeedHealth, feed: Feed, state: FeedState | null, now: Date): string {
  const age = formatAgo(state?.syncedAt?.toISOString() ?? null, now.getTime());
  switch (health) {
    case 'fresh':
      return `synchronised ${age}`;
    case 'stale':
      return `synchronised ${age}, while it changes every ${feed.intervalHours} hours: thimble feeds sync ${feed.id}`;
    case 'failing':
      return `the last attempt failed; what was synchronised ${age} stays`;
    case 'never':
    case 'off':
      return `not synchronised: thimble feeds sync ${feed.id}`;
  }
}

function columns({ colour }: Terminal, now: Date): readonly Column<FeedSummary>[] {
  return [
    { title: 'FEED', value: ({ id }) => printable(id) },
    {
      title: 'STATE',
      value: ({ health }) => (health === 'failing' || health === 'stale' ? colour.bad(health) : health),
    },
    { title: 'SYNCED', value: ({ syncedAt }) => formatAgo(syncedAt, now.getTime()) },
    { title: 'ADVISORIES', value: ({ advisoryCount }) => String(advisoryCount), align: 'right' },
    { title: 'FACTS', value: ({ factCount }) => String(factCount), align: 'right' },
    { title: 'FAULTS', value: ({ faultCount }) => String(faultCount), align: 'right' },
    {
      title: 'SPEAKS OF',
      value: ({ namespaces }) => printable(listing(namespaces, 3)),
      flexible: true,
      dispensable: 2,
    },
    { title: 'PUBLISHER', value: ({ publisher }) => printable(publisher), flexible: true, dispensable: 1 },
    { title: 'LICENCE', value: ({ licence }) => printable(licence), flexible: true, dispensable: 3 },
  ];
}

function printStatus(terminal: Terminal, summary: FeedSummary, { server }: ListOptions, now: Date): void {
  const { neededFor } = summary;
  terminal.out(
    `${terminal.colour.bold(printable(summary.id))}  ${printable(summary.name)}, ${printable(summary.publisher)}`,
  );
  printFacts(terminal, [
    ['state', printable(summary.explanation)],
    ['new', formatAgo(summary.changedAt, now.getTime())],
    ['holds', `${plural(summary.advisoryCount, 'advisory', 'advisories')}, ${plural(summary.factCount, 'fact')}`],
    server === undefined
      ? ['asked for', neededFor.length === 0 ? 'everything' : printable(listing(neededFor))]
      : ['needed for', neededFor.length === 0 ? 'nothing of the fleet' : printable(listing(neededFor))],
    ['licence', printable(summary.licence)],
    ['about', printable(summary.documentation)],
    ...(summary.failure === null
      ? []
      : [['failure', `${summary.failure.code}: ${printable(summary.failure.message)}`] as const]),
    ...(summary.faultCount === 0 ? [] : [['dropped', plural(summary.faultCount, 'record')] as const]),
  ]);
  for (const { record, reason } of summary.faults) terminal.out(`  ${printable(record)}: ${printable(reason)}`);
  terminal.out('');
}
