import { ecosystemOf, FEEDS } from '@thimble/advisories';
import {
  askedNamespaces,
  chooseFeeds,
  type FeedChoice,
  type FeedState,
  type LocalAdvisories,
  openAdvisories,
  syncFeed,
} from '@thimble/feeds';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { advisoryDatabase, localFetcher } from './advisory-database.ts';
import { VERSION } from '../version.ts';

export interface AdvisoryOptions {
  readonly database?: string;
  readonly offline?: boolean;
  /** Fetch from `URL/<feed id>/` instead of the publishers. */
  readonly mirror?: string;
}

const HOUR_MS = 3_600_000;

/**
 * The local advisories, brought up to date before for the namespaces that are needed: feeds that were never read, or that
 * are due. A feed that can't be fetched is said and does not end the scan: what is missing shows as gaps.
 *
 * @throws CliError `no-advisories` when there are none and none may be fetched
 */
export async function withAdvisories<Result>(
  cli: Cli,
  options: AdvisoryOptions,
  namespaces: ReadonlySet<string>,
  use: (advisories: LocalAdvisories) => Promise<Result>,
): Promise<Result> {
  const path = advisoryDatabase(cli, options.database);
  if (options.offline !== true) await refresh(cli, path, options, namespaces);
  const advisories = openAdvisories(path, 'read');
  try {
    if ((await advisories.states()).every(({ advisoryCount }) => advisoryCount === 0))
      throw new CliError('no-advisories', `there are no advisories in ${path}`, {
        hint: 'Fetch them: thimble feeds sync. On a machine without Internet: thimble feeds import BUNDLE',
      });
    return await use(advisories);
  } finally {
    advisories.close();
  }
}

async function refresh(
  cli: Cli,
  path: string,
  { mirror }: AdvisoryOptions,
  namespaces: ReadonlySet<string>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const store = openAdvisories(path, 'write');
  try {
    const states = new Map((await store.states()).map((state) => [state.feed, state]));
    const due = chooseFeeds(FEEDS, [...namespaces], new Map()).filter((choice) =>
      isDue(choice, states, namespaces, cli.now()),
    );
    if (due.length === 0) return;
    const fetcher = localFetcher(cli, path, { mirror });
    for (const { feed, namespaces: wanted } of due) {
      cli.terminal.status(`fetching ${feed.name} …`);
      const result = await syncFeed(feed, {
        store,
        fetcher,
        now: cli.now,
        namespaces: wanted,
        reader: VERSION,
        signal: cli.signal,
        onProgress: ({ phase, records }) => cli.terminal.status(`${feed.name}: ${phase}, ${records} records`),
      });
      if (result.outcome === 'failed')
        cli.terminal.note(`${feed.name} could not be brought up to date: ${result.failure.message}`);
    }
  } finally {
    cli.terminal.status('');
    store.close();
  }
}

/**
 * Fresh for one release says nothing of another: feeds that are cut by release bring those that were asked for.
 * Facts about all vulnerabilities are refreshed with the same care, since they decide what comes first. */
function isDue(
  { feed, chosen, namespaces: wanted }: FeedChoice,
  states: ReadonlyMap<string, FeedState>,
  namespaces: ReadonlySet<string>,
  now: Date,
): boolean {
  if (!chosen) return false;
  const state = states.get(feed.id) ?? null;
  const syncedAt = state?.syncedAt ?? null;
  if (syncedAt === null) return true;
  const asked = askedNamespaces(state);
  // Of a bundle that was imported nobody knows; null: everything.
  if (wanted !== null && Array.isArray(asked) && !wanted.every((each) => asked.includes(each))) return true;
  const speaks =
    feed.namespaces.includes('*') || [...namespaces].some((each) => feed.namespaces.includes(ecosystemOf(each)));
  return speaks && now.getTime() - syncedAt.getTime() > feed.intervalHours * HOUR_MS;
}
