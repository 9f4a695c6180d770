import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FeedUpdateRequest } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import type { Client } from '../client/index.ts';
import type { Cli } from '../cli.ts';
import { CliError, usageError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { formatBytes, listing, plural, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from './options.ts';
import { printJson } from './print.ts';

/** The server on this machine; `--server` with an address means one elsewhere. */
const LOCAL = 'local';

export type FleetOptions = ConnectionOptions;

/**
 * `--server` for a command that otherwise works on this machine's own advisories. Not taken from the environment: there it
 * would silently turn every `thimble feeds` of a machine into one of a server.
 */
export function withFleet(command: Command): Command {
  return command
    .option('--server <url>', 'the advisories of a server instead; `local` is the one on this machine')
    .addOption(new Option('--token <token>', 'API token for it (thimble tokens create)').env('THIMBLE_TOKEN'))
    .addOption(
      new Option('--ca-fingerprint <sha256>', 'the CA that signed its certificate').env('THIMBLE_CA_FINGERPRINT'),
    )
    .addOption(new Option('--data <directory>', 'data directory of the server on this machine').env('THIMBLE_DATA'));
}

/** Null: no server is meant. */
export function serverFor(cli: Cli, options: FleetOptions): Client | null {
  return options.server === undefined ? null : serverOf(cli, options);
}

function serverOf(cli: Cli, { server, ...options }: FleetOptions): Client {
  return connect(cli, server === undefined || server === LOCAL ? options : { ...options, server });
}

/** Asks for it; the server does it when it can, and its list of feeds tells how it went. */
export async function syncFeedsOfServer(
  cli: Cli,
  server: Client,
  ids: readonly string[],
  { server: where = LOCAL, json }: FleetOptions,
): Promise<void> {
  const wanted = ids.length > 0 ? ids : await neededFeeds(server);
  for (const id of wanted) await server.syncFeed(id);
  if (json === true) return printJson(cli.terminal, { asked: wanted });
  cli.terminal.out(`asked for ${printable(listing(wanted))}`);
  cli.terminal.note(`How it goes: thimble feeds list --server ${where}`);
}

async function neededFeeds(server: Client): Promise<readonly string[]> {
  const needed = (await server.feeds()).items.filter(({ health }) => health !== 'off').map(({ id }) => id);
  if (needed.length > 0) return needed;
  throw new CliError('no-feed', 'no feed is needed: no endpoint has reported software yet', {
    hint: 'Name feeds to synchronise them nevertheless (thimble feeds list --all --server local).',
  });
}

export async function importIntoServer(
  cli: Cli,
  server: Client,
  bundle: string,
  { force, json }: { readonly force?: boolean; readonly json?: boolean },
): Promise<void> {
  const { size } = await stat(bundle);
  cli.terminal.status(`${formatBytes(size)} …`);
  const upload = { stream: createReadStream(bundle), sizeBytes: size };
  const result = await server
    .importFeeds(upload, { force: force === true, signal: cli.signal })
    .finally(() => cli.terminal.status(''));
  if (json === true) printJson(cli.terminal, result);
  else
    for (const { id, advisories, facts, outcome } of result.feeds)
      cli.terminal.out(`${printable(id)}: ${printable(outcome)}, ${plural(advisories + facts, 'record')}`);
  if (result.feeds.some(({ outcome }) => outcome === 'older')) cli.exitWith(EXIT.refused);
}

interface SetOptions extends ConnectionOptions {
  readonly mode?: 'auto' | 'on' | 'off';
  readonly baseUrl?: string;
}

export function feedsSetCommand(group: Command, cli: Cli): void {
  const command = withConnection(withJson(group.command('set')))
    .argument('<feed>', 'its id, as thimble feeds list --all --server local shows it')
    .description('on a server: switch a feed, or have it fetched elsewhere')
    .addOption(
      new Option('--mode <mode>', '`auto`: when the fleet has software that it speaks of').choices([
        'auto',
        'on',
        'off',
      ]),
    )
    .option('--base-url <url>', 'http or https address of a folder; an empty text: the publisher’s own');
  examples(command, [
    ['thimble feeds set nvd --mode on', 'although nothing of the fleet needs it'],
    ['thimble feeds set kev --base-url https://mirror.example/kev/', 'from a mirror'],
  ]);
  command.action(async (id: string, { mode, baseUrl, ...options }: SetOptions) => {
    if (mode === undefined && baseUrl === undefined)
      throw usageError('it has to be said what is to change', 'Give --mode, --base-url, or both.');
    const request: FeedUpdateRequest = {
      ...(mode === undefined ? {} : { mode }),
      ...(baseUrl === undefined ? {} : { baseUrl }),
    };
    const summary = await serverOf(cli, options).updateFeed(id, request);
    if (options.json === true) return printJson(cli.terminal, summary);
    cli.terminal.out(printable(`${summary.id}: ${summary.mode}, from ${summary.baseUrl}: ${summary.explanation}`));
  });
}
