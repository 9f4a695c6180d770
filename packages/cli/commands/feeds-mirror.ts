import { FeedError } from '@thimble/advisories';
import { fillMirror, type FilledFeed, serveMirror } from '@thimble/feeds';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError, usageError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { formatBytes, plural } from '../terminal/index.ts';
import { type ChoiceOptions, databaseOf, type SourceOptions, withChoice, withSources } from './feeds-options.ts';
import { chosenFeeds, fetcherOf } from './feeds-sync.ts';
import { examples, withJson } from './options.ts';
import { printJson } from './print.ts';

type MirrorOptions = SourceOptions & ChoiceOptions & { readonly json?: boolean };

interface MirrorFailure {
  readonly feed: string;
  readonly failure: { readonly code: string; readonly message: string };
}

export function feedsMirrorCommand(group: Command, cli: Cli): void {
  const command = withSources(withChoice(withJson(group.command('mirror'))))
    .argument('<directory>', 'gets a folder for each feed')
    .argument('[feeds...]', 'which')
    .description('copy the publishers’ own files into a folder, to be served to machines without Internet');
  examples(command, [
    ['thimble feeds mirror /srv/feeds --namespace debian:12,npm', 'what is needed to assess these'],
    ['thimble feeds mirror /srv/feeds debian-lists kev', 'two feeds'],
  ]);
  command.action(async (directory: string, ids: readonly string[], options: MirrorOptions) => {
    const wanted = chosenFeeds(ids, options);
    if (wanted === null || wanted.length === 0)
      throw usageError('which feeds has to be said', 'Name them, or say what is to be assessed: --namespace debian:12');
    const fetcher = fetcherOf(cli, databaseOf(cli, {}), options);
    const results: (FilledFeed | MirrorFailure)[] = [];
    try {
      for (const { feed, namespaces } of wanted) {
        const result = await fillMirror(feed, {
          fetcher,
          directory,
          namespaces,
          now: cli.now,
          signal: cli.signal,
          onDocument: (id, path) => cli.terminal.status(`${id}: ${path}`),
        }).catch((error: unknown): MirrorFailure => {
          if (!(error instanceof FeedError)) throw error;
          return { feed: feed.id, failure: { code: error.code, message: error.message } };
        });
        results.push(result);
        if (options.json !== true) cli.terminal.out(sentence(cli, result));
      }
    } finally {
      cli.terminal.status('');
      fetcher.close();
    }
    if (options.json === true) printJson(cli.terminal, results);
    if (results.some((result) => 'failure' in result)) cli.exitWith(EXIT.failure);
  });
}

export function feedsServeCommand(group: Command, cli: Cli): void {
  const command = group
    .command('serve')
    .argument('<directory>', 'a folder that thimble feeds mirror has filled, or one like it')
    .description('serve a folder in the publishers’ layout, until interrupted')
    .option('--host <address>', 'on which address', '127.0.0.1')
    .option('--port <number>', 'on which port; 0: a free one', port, 8480)
    .option('--quiet', 'do not show requests');
  examples(command, [
    ['thimble feeds serve /srv/feeds --host 0.0.0.0', 'for the whole site'],
    ['thimble feeds sync --all --mirror http://mirror.example:8480/', 'on the other machines'],
  ]);
  command.action(async (directory: string, options: { host: string; port: number; quiet?: boolean }) => {
    const { terminal } = cli;
    const server = await serveMirror(directory, {
      host: options.host,
      port: options.port,
      ...(options.quiet === true
        ? {}
        : { onRequest: (method, target, status) => terminal.note(`${status} ${method} ${JSON.stringify(target)}`) }),
      onError: (error) => terminal.note(`failed: ${error instanceof Error ? error.message : String(error)}`),
    }).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      throw new CliError('not-served', `${directory} can't be served: ${message}`, { cause: error });
    });
    terminal.out(`serving ${directory} at ${server.url}`);
    terminal.note(`Elsewhere: thimble feeds sync --mirror ${server.url}`);
    await new Promise<void>((resolve) => {
      if (cli.signal.aborted) resolve();
      else cli.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await server.close();
  });
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new InvalidArgumentError('It has to be a port from 0 to 65535.');
  return value;
}

function sentence({ terminal }: Cli, result: FilledFeed | MirrorFailure): string {
  if ('failure' in result)
    return `${result.feed}: ${terminal.colour.bad('failed')}: ${result.failure.message} What was there stays.`;
  const { feed, documents, fetched, bytes } = result;
  return `${feed}: ${plural(documents, 'document')}, ${fetched} of them new, ${formatBytes(bytes)}`;
}
