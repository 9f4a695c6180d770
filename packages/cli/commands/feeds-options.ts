import { type Feed, FEEDS } from '@thimble/advisories';
import { baseAddress } from '@thimble/feeds';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError, usageError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { advisoryDatabase } from '../scan/advisory-database.ts';
import { listing } from '../terminal/index.ts';
import { words } from './options.ts';

export interface DatabaseOptions {
  readonly database?: string;
  readonly json?: boolean;
}

/** Where the advisories of this machine are. */
export function withDatabase(command: Command): Command {
  return command.addOption(
    new Option('--database <file>', 'the advisory database (else below your data folder)').env('THIMBLE_ADVISORIES'),
  );
}

export function databaseOf(cli: Cli, { database }: DatabaseOptions): string {
  return advisoryDatabase(cli, database);
}

export interface SourceOptions {
  readonly baseUrl?: ReadonlyMap<string, string>;
  readonly mirror?: string;
  readonly proxy?: string;
}

/** Where feeds are fetched. */
export function withSources(command: Command): Command {
  return command
    .addOption(
      new Option('--mirror <url>', 'fetch every feed from URL/<feed>/ (thimble feeds serve); also a file: address')
        .env('THIMBLE_FEED_MIRROR')
        .argParser(address),
    )
    .addOption(new Option('--base-url <feed=url>', 'fetch one feed elsewhere; can be repeated').argParser(baseUrl))
    .option('--proxy <url>', 'HTTP proxy; otherwise HTTPS_PROXY and NO_PROXY are heeded');
}

export interface ChoiceOptions {
  readonly all?: boolean;
  readonly namespace?: readonly string[];
}

export function withChoice(command: Command): Command {
  return command
    .option(
      '--namespace <namespaces>',
      'what is to be assessed, with its release: debian:12,npm; brings the feeds that speak of it',
      words,
    )
    .option('--all', 'every feed there is');
}

/** Feeds by their ids. @throws CliError `usage` */
export function feedsNamed(ids: readonly string[]): readonly Feed[] {
  return [...new Set(ids)].map((id) => {
    const feed = FEEDS.find((one) => one.id === id);
    if (feed !== undefined) return feed;
    const alike = FEEDS.filter((one) => one.id.includes(id) || id.includes(one.id)).map((one) => one.id);
    throw usageError(
      `there is no feed ${JSON.stringify(id)}`,
      alike.length === 0 ? 'See: thimble feeds list --all' : `Is it ${listing(alike, 5)}?`,
    );
  });
}

/** Refused before anything was changed. */
export function refusal(error: { readonly code: string; readonly message: string; readonly hint: string }): CliError {
  return new CliError(error.code, error.message, { hint: error.hint, exitCode: EXIT.refused, cause: error });
}

function baseUrl(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const at = text.indexOf('=');
  const id = text.slice(0, Math.max(0, at));
  if (!FEEDS.some((feed) => feed.id === id))
    throw new InvalidArgumentError('It has to be FEED=URL (thimble feeds list).');
  return new Map([...before, [id, address(text.slice(at + 1))]]);
}

function address(text: string): string {
  try {
    return baseAddress(text).href;
  } catch {
    throw new InvalidArgumentError('It has to be an address of http, https or file.');
  }
}
