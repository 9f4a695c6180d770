import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FEEDS } from '@thimble/advisories';
import {
  askedNamespaces,
  chooseFeeds,
  type FeedChoice,
  type Fetcher,
  type LocalAdvisories,
  openAdvisories,
  syncFeed,
  type SyncProgress,
  type SyncResult,
} from '@thimble/feeds';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError, usageError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { localFetcher } from '../scan/advisory-database.ts';
import { formatBytes, formatDuration, plural } from '../terminal/index.ts';
import { VERSION } from '../version.ts';
import {
  type ChoiceOptions,
  type DatabaseOptions,
  databaseOf,
  feedsNamed,
  type SourceOptions,
  withChoice,
  withDatabase,
  withSources,
} from './feeds-options.ts';
import { type FleetOptions, serverFor, syncFeedsOfServer, withFleet } from './feeds-of-server.ts';
import { examples, withJson } from './options.ts';
import { printJson } from './print.ts';

type SyncCommandOptions = DatabaseOptions & SourceOptions & ChoiceOptions & FleetOptions & { readonly force?: boolean };
type Wanted = Pick<FeedChoice, 'feed' | 'namespaces'>;

export function feedsSyncCommand(group: Command, cli: Cli): void {
  const command = withFleet(withSources(withChoice(withJson(withDatabase(group.command('sync'))))))
    .argument('[feeds...]', 'which; else those that were synchronised before')
    .description('fetch what is new. Each feed comes whole or not at all: after a failure its last good state stays')
    .option('--force', 'fetch everything again, also what has not changed or has lost most of its records');
  examples(command, [
    ['thimble feeds sync --namespace debian:12,pypi', 'what is needed to assess these'],
    ['thimble feeds sync', 'once more, what was synchronised before'],
    ['thimble feeds sync kev epss', 'these two'],
    ['thimble feeds sync --all --mirror https://mirror.example/', 'everything, from a mirror'],
    ['thimble feeds sync kev --server local', 'ask the server on this machine to do so now'],
  ]);
  command.action(async (ids: readonly string[], options: SyncCommandOptions) => {
    if (options.server !== undefined) return syncOnServer(cli, ids, options);
    const database = databaseOf(cli, options);
    await mkdir(dirname(database), { recursive: true, mode: 0o700 });
    const store = openAdvisories(database, 'write');
    const fetcher = fetcherOf(cli, database, options);
    try {
      const results = await syncAll(cli, store, fetcher, await wantedFeeds(store, ids, options), options);
      if (options.json === true) printJson(cli.terminal, results.map(forPrograms));
      if (results.some(({ outcome }) => outcome === 'failed')) cli.exitWith(EXIT.failure);
    } finally {
      cli.terminal.status('');
      fetcher.close();
      store.close();
    }
  });
}

/** How and where a server fetches is set there. */
async function syncOnServer(cli: Cli, ids: readonly string[], options: SyncCommandOptions): Promise<void> {
  const { force, all, namespace, mirror, baseUrl, proxy, database } = options;
  const mirrored = mirror !== undefined && mirror !== cli.env['THIMBLE_FEED_MIRROR'];
  const here = database !== undefined && database !== cli.env['THIMBLE_ADVISORIES'];
  if (mirrored || here || [force, all, namespace, baseUrl, proxy].some((option) => option !== undefined))
    throw usageError(
      'a server is only told which feeds to synchronise',
      'Name them. Its mirror and proxy are settings (thimble serve --help), an address of one feed: thimble feeds set.',
    );
  const server = serverFor(cli, options);
  if (server !== null)
    await syncFeedsOfServer(
      cli,
      server,
      feedsNamed(ids).map(({ id }) => id),
      options,
    );
}

export function fetcherOf(cli: Cli, database: string, { baseUrl, mirror, proxy }: SourceOptions): Fetcher {
  const env = proxy === undefined ? cli.env : { ...cli.env, HTTPS_PROXY: proxy };
  return localFetcher({ env }, database, { mirror, ...(baseUrl === undefined ? {} : { baseUrls: baseUrl }) });
}

/** @throws CliError `usage` when nothing says which */
async function wantedFeeds(
  store: LocalAdvisories,
  ids: readonly string[],
  { all, namespace }: ChoiceOptions,
): Promise<readonly Wanted[]> {
  const wanted = chosenFeeds(ids, { all, namespace });
  const states = new Map((await store.states()).map((state) => [state.feed, state]));
  if (wanted !== null)
    return wanted.map(({ feed, namespaces }) => ({
      feed,
      // Named again without namespaces, a feed is asked for what it was asked for before.
      namespaces: namespace === undefined ? (askedNamespaces(states.get(feed.id) ?? null) ?? null) : namespaces,
    }));
  const known = FEEDS.filter(({ id }) => states.has(id));
  if (known.length > 0)
    return known.map((feed) => ({ feed, namespaces: askedNamespaces(states.get(feed.id) ?? null) ?? null }));
  throw usageError(
    'nothing was synchronised before, so it has to be said what is wanted',
    'Say what is to be assessed (--namespace debian:12,npm), name feeds (thimble feeds list --all), or take --all.',
  );
}

/** By what the command line says; null: it says nothing. */
export function chosenFeeds(
  ids: readonly string[],
  { all, namespace }: { readonly [Key in keyof ChoiceOptions]: ChoiceOptions[Key] | undefined },
): readonly Wanted[] | null {
  if (all === true) return FEEDS.map((feed) => ({ feed, namespaces: null }));
  if (ids.length > 0) {
    const on = new Map(feedsNamed(ids).map(({ id }) => [id, 'on' as const]));
    return chooseFeeds(FEEDS, namespace ?? [], on).filter(({ feed }) => on.has(feed.id));
  }
  return namespace === undefined ? null : chooseFeeds(FEEDS, namespace, new Map()).filter(({ chosen }) => chosen);
}

async function syncAll(
  cli: Cli,
  store: LocalAdvisories,
  fetcher: Fetcher,
  wanted: readonly Wanted[],
  { force, json }: SyncCommandOptions,
): Promise<readonly SyncResult[]> {
  if (wanted.length === 0)
    throw new CliError('no-feed', 'no feed speaks of that', { hint: 'See which there are: thimble feeds list --all' });
  const results: SyncResult[] = [];
  for (const { feed, namespaces } of wanted) {
    const started = cli.now().getTime();
    const result = await syncFeed(feed, {
      store,
      fetcher,
      now: cli.now,
      namespaces,
      reader: VERSION,
      signal: cli.signal,
      force: force === true,
      onProgress: progress(cli),
    });
    results.push(result);
    if (json !== true) cli.terminal.out(sentence(cli, result, cli.now().getTime() - started));
  }
  return results;
}

function progress({ terminal, now }: Cli): (progress: SyncProgress) => void {
  let shownMs = 0;
  return ({ feed, phase, documentsRead, documentsKnown, bytes, records }) => {
    const moment = now().getTime();
    // Ten times a second is as fast as anybody reads.
    if (moment - shownMs < 100) return;
    shownMs = moment;
    const documents = documentsKnown > 1 ? `, document ${documentsRead + 1} of ${documentsKnown}` : '';
    terminal.status(`${feed}: ${phase}, ${formatBytes(bytes)}, ${plural(records, 'record')}${documents}`);
  };
}

function sentence({ terminal }: Cli, result: SyncResult, durationMs: number): string {
  const { colour } = terminal;
  if (result.outcome === 'failed')
    return `${result.feed}: ${colour.bad('failed')}: ${result.failure.message} What was there stays.`;
  if (result.outcome === 'unchanged') return `${result.feed}: nothing new`;
  const { advisories, facts, removed, faults, bytes } = result;
  const parts = [
    ...(advisories > 0 ? [plural(advisories, 'advisory', 'advisories')] : []),
    ...(facts > 0 ? [plural(facts, 'fact')] : []),
    ...(removed > 0 ? [`${removed} gone`] : []),
    ...(faults > 0 ? [colour.bad(`${faults} dropped (thimble feeds status ${result.feed})`)] : []),
  ];
  return `${result.feed}: ${parts.join(', ') || 'nothing'}, ${formatBytes(bytes)} in ${formatDuration(durationMs)}`;
}

function forPrograms(result: SyncResult): object {
  if (result.outcome !== 'failed') return result;
  const { code, message } = result.failure;
  return { ...result, failure: { code, message } };
}
