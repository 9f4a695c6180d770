import { createWriteStream } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { BundleError, exportBundle, importBundle, type ImportedFeed, openAdvisories } from '@thimble/feeds';
import { generateSigningKey, type SigningKey, signingKeyFromPem, signingKeyToPem } from '@thimble/protocol/signing';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError, usageError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { formatAgo, formatBytes, plural } from '../terminal/index.ts';
import { VERSION } from '../version.ts';
import { type DatabaseOptions, databaseOf, feedsNamed, refusal, withDatabase } from './feeds-options.ts';
import { type FleetOptions, importIntoServer, serverFor, withFleet } from './feeds-of-server.ts';
import { examples, withJson, words } from './options.ts';
import { printFacts, printJson } from './print.ts';

interface KeyOptions extends DatabaseOptions {
  readonly keyFile?: string;
}

function withKeyFile(command: Command): Command {
  return command.addOption(
    new Option('--key-file <file>', 'the private key (else beside the database)').env('THIMBLE_FEEDS_KEY_FILE'),
  );
}

export function feedsExportCommand(group: Command, cli: Cli): void {
  const command = withKeyFile(withJson(withDatabase(group.command('export'))))
    .argument('<bundle>', 'the file to write')
    .argument('[feeds...]', 'which; else all that were synchronised')
    .description('write what is known into one signed file, to be imported where there is no Internet');
  examples(command, [
    ['thimble feeds export advisories.bundle', 'everything'],
    ['thimble feeds export small.bundle debian-lists kev', 'two feeds'],
  ]);
  command.action(async (bundle: string, ids: readonly string[], options: KeyOptions) => {
    const database = databaseOf(cli, options);
    const records = openAdvisories(database, 'read');
    const partial = `${bundle}.partial`;
    try {
      const key = await keyOf(options, database);
      const feeds = ids.length === 0 ? null : feedsNamed(ids).map(({ id }) => id);
      const present = (await records.states()).filter((state) => state.syncedAt !== null);
      const missing = feeds === null ? [] : feeds.filter((id) => !present.some(({ feed }) => feed === id));
      if (missing.length > 0 || present.length === 0)
        throw new CliError('no-advisories', `${missing.join(', ') || 'no feed'} was never synchronised`, {
          hint: `Do so first: thimble feeds sync ${missing.join(' ')}`.trim(),
        });
      const file = createWriteStream(partial, { mode: 0o644 });
      const manifest = await exportBundle(
        {
          records,
          feeds,
          key,
          now: cli.now(),
          producer: `Thimble/${VERSION}`,
          temporaryDirectory: dirname(database),
          signal: cli.signal,
          onFeed: ({ feed, packedBytes }) => cli.terminal.status(`${feed}: ${formatBytes(packedBytes)}`),
        },
        async (chunk) => {
          if (!file.write(chunk)) await once(file, 'drain');
        },
      );
      file.end();
      await once(file, 'finish');
      await rename(partial, bundle);
      if (options.json === true)
        return printJson(cli.terminal, { ...manifest, signer: key.keyid, bytes: file.bytesWritten });
      cli.terminal.out(`${bundle}: ${plural(manifest.feeds.length, 'feed')}, ${formatBytes(file.bytesWritten)}`);
      cli.terminal.out(`Import it with: thimble feeds import --key ${key.keyid} ${bundle}`);
    } finally {
      cli.terminal.status('');
      await rm(partial, { force: true });
      records.close();
    }
  });
}

export function feedsImportCommand(group: Command, cli: Cli): void {
  const command = withFleet(withJson(withDatabase(group.command('import'))))
    .argument('<bundle>', 'the file that thimble feeds export wrote')
    .description('take over a bundle. Its signature is checked before anything of it is read')
    .addOption(
      new Option(
        '--key <fingerprint>',
        'whose bundles are trusted, as thimble feeds key shows it there; can be repeated',
      )
        .env('THIMBLE_FEEDS_TRUST')
        .argParser(words),
    )
    .option('--force', 'also what is older than what is here');
  examples(command, [
    ['thimble feeds import --key 3f2a… advisories.bundle', 'the fingerprint comes by another way'],
    [
      'thimble feeds import advisories.bundle --server local',
      'into the server; whom it trusts is its setting feed-keys',
    ],
  ]);
  command.action(
    async (
      bundle: string,
      options: DatabaseOptions & FleetOptions & { key?: string | readonly string[]; force?: boolean },
    ) => {
      const trusted = typeof options.key === 'string' ? words(options.key) : (options.key ?? []);
      const server = serverFor(cli, options);
      if (server !== null) {
        if (trusted.length > 0 && cli.env['THIMBLE_FEEDS_TRUST'] === undefined)
          throw usageError('whom a server trusts is its own setting', 'There: --feed-keys, or THIMBLE_FEED_KEYS.');
        return importIntoServer(cli, server, bundle, options).catch((error: unknown) => {
          throw readable(error, bundle);
        });
      }
      if (trusted.length === 0)
        throw usageError(
          'whom to trust has to be said',
          'See the fingerprint where it was exported (thimble feeds key): --key FINGERPRINT',
        );
      const database = databaseOf(cli, options);
      await mkdir(dirname(database), { recursive: true, mode: 0o700 });
      const store = openAdvisories(database, 'write');
      try {
        const { manifest, feeds } = await importBundle(bundle, {
          store,
          trusted,
          force: options.force === true,
          signal: cli.signal,
          onFeed: ({ feed }) => cli.terminal.status(`${feed} …`),
        });
        if (options.json === true)
          printJson(cli.terminal, { createdAt: manifest.createdAt, producer: manifest.producer, feeds });
        else for (const feed of feeds) cli.terminal.out(sentence(cli, feed));
        if (feeds.some(({ outcome }) => outcome === 'older')) cli.exitWith(EXIT.refused);
      } catch (error) {
        throw error instanceof BundleError ? refusal(error) : readable(error, bundle);
      } finally {
        cli.terminal.status('');
        store.close();
      }
    },
  );
}

export function feedsKeyCommand(group: Command, cli: Cli): void {
  const command = withKeyFile(withJson(withDatabase(group.command('key')))).description(
    'show the key with which this machine signs bundles; makes it the first time',
  );
  examples(command, [['thimble feeds key', 'the fingerprint is what the importing side trusts']]);
  command.action(async (options: KeyOptions) => {
    const database = databaseOf(cli, options);
    const key = await keyOf(options, database);
    const { keyid: fingerprint, publicKey } = key;
    if (options.json === true) return printJson(cli.terminal, { fingerprint, publicKey });
    printFacts(cli.terminal, [
      ['fingerprint', fingerprint],
      ['public key', publicKey],
      ['private key', keyFileOf(options, database)],
    ]);
  });
}

function keyFileOf({ keyFile }: KeyOptions, database: string): string {
  return keyFile ?? join(dirname(database), 'feeds-signing-key.pem');
}

/** @throws CliError `bad-key`; what reading or writing throws */
async function keyOf(options: KeyOptions, database: string): Promise<SigningKey> {
  const path = keyFileOf(options, database);
  try {
    return signingKeyFromPem(await readFile(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw readable(error, path);
  }
  const key = generateSigningKey();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // `wx`: of two that begin at once one wins, and the other fails instead of signing with a key that is lost.
  await writeFile(path, signingKeyToPem(key), { mode: 0o600, flag: 'wx' });
  await chmod(path, 0o600);
  return key;
}

/** System errors of a file that the command line names are no bugs. */
function readable(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { code } = error;
  if (code === 'ENOENT') return new CliError('no-file', `${path} is not there`, { exitCode: EXIT.usage, cause: error });
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code))
    return new CliError('unreadable', `${path} can't be used: ${error.message}`, { cause: error });
  return error;
}

function sentence({ now }: Cli, { feed, outcome, before, after, syncedAt }: ImportedFeed): string {
  const age = `of ${formatAgo(syncedAt.toISOString(), now().getTime())}`;
  if (outcome === 'unchanged') return `${feed}: what is here is the same, ${age}`;
  if (outcome === 'older') return `${feed}: ${age}, what is here is newer and stays`;
  const count = (counts: ImportedFeed['after']): number => counts.advisoryCount + counts.factCount;
  const had = before === null ? 'new' : `${count(before)} before`;
  return `${feed}: ${plural(count(after), 'record')}, ${had}, ${age}`;
}
