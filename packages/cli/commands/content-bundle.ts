import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  ADVISORIES_NAME,
  type BundledObject,
  type BundleFolder,
  ContentBundleError,
  objectsOf,
  openBundleFolder,
  openManifest,
  verifyBundle,
} from '@thimble/content/bundle';
import { API, SignedContentManifest, type SnapshotDetail } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import { Value } from 'typebox/value';
import { type Client, ProblemError } from '../client/index.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { formatBytes, plural, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { resolveSnapshot } from './content-resolve.ts';
import { showSnapshot } from './content-snapshots.ts';
import { type ConnectionOptions, examples, words } from './options.ts';
import { printJson } from './print.ts';

/** For sites without Internet: a snapshot as a set of files, each verifiable, written and read file by file. */
export function bundleCommands(content: Command, cli: Cli): void {
  exportCommand(content, cli);
  verifyCommand(content, cli);
  importCommand(content, cli);
}

/** Files at a time; the server may fetch each of them first. */
const AT_ONCE = 4;
/** Digests that the server is asked about at a time. */
const ASKED_AT_ONCE = 10_000;

type ExportOptions = ConnectionOptions & {
  readonly snapshot: string;
  readonly packages: 'fleet' | 'all';
  readonly advisories: boolean;
};

function exportCommand(content: Command, cli: Cli): void {
  const command = content
    .command('export <folder>')
    .description(
      'write a snapshot into a folder that can be carried to a site without Internet; begun again, it goes on',
    )
    .requiredOption('--snapshot <snapshot>', 'which')
    .addOption(
      new Option('--packages <which>', '`fleet`: those of which an endpoint has a version')
        .choices(['fleet', 'all'])
        .default('fleet'),
    )
    .option('--no-advisories', 'without what is known of vulnerabilities');
  examples(command, [
    ['thimble content export --snapshot 2026-11 /media/usb/2026-11', 'what this fleet needs'],
    ['thimble content export --snapshot last --packages all /srv/carry', 'everything that the repositories have'],
  ]);
  command.action(async (path: string, _, given: Command) => {
    const options = given.optsWithGlobals<ExportOptions>();
    const client = connect(cli, options);
    const { id, name } = await resolveSnapshot(client, options.snapshot);
    const folder = openBundleFolder(resolve(path));
    try {
      const { signed, addresses, gaps } = await client.snapshotManifest(id, { packages: options.packages });
      const manifest = readable(signed);
      const before = await folder.manifest();
      if (before !== null && JSON.stringify(before) !== JSON.stringify(signed))
        cli.terminal.note('What was in the folder is of another state; files that both have are kept.');
      await folder.writeManifest(signed);
      const objects = objectsOf(manifest);
      const addressOf = new Map(manifest.objects.map((line, index) => [line.slice(0, 64), addresses[index] ?? '']));
      const fetched = await inParallel(cli, objects, 'written', async (object) => {
        if (await folder.has(object)) return false;
        const address = addressOf.get(object.sha256) ?? `/content/objects/${object.sha256}`;
        await folder.write(object, await client.contentFile(address, cli.signal));
        return true;
      });
      if (options.advisories) await writeAdvisories(cli, client, folder);
      const signer = signed.envelope.signatures[0]?.keyid ?? '';
      if (options.json === true)
        return printJson(cli.terminal, { snapshot: name, files: objects.length, fetched, signer, gaps });
      cli.terminal.out(
        `${printable(name)}: ${plural(objects.length, 'file')} in ${folder.directory}, ${fetched} of them written now`,
      );
      for (const { what, why } of gaps) cli.terminal.note(printable(`left out: ${what}: ${why}`));
      cli.terminal.out(`There: set feed-keys to ${signer}, then: thimble content import FOLDER`);
    } catch (error) {
      throw ofBundle(error);
    }
  });
}

async function writeAdvisories(cli: Cli, client: Client, folder: BundleFolder): Promise<void> {
  const path = join(folder.directory, ADVISORIES_NAME);
  const { items } = await client.feeds();
  if (items.every(({ syncedAt }) => syncedAt === null)) {
    await rm(path, { force: true });
    cli.terminal.note('left out: advisories: no feed was read here yet');
    return;
  }
  const partial = `${path}.partial`;
  try {
    await pipeline(await client.contentFile(`${API}/feeds/export`, cli.signal), createWriteStream(partial));
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

function verifyCommand(content: Command, cli: Cli): void {
  content
    .command('verify <folder>')
    .description('read every byte of an exported folder and hold it against its signed manifest; needs no server')
    .option('--key <fingerprint>', 'whose signature is trusted; else the one that it names is only shown', words)
    .action(async (path: string, _, given: Command) => {
      const options = given.optsWithGlobals<ConnectionOptions & { key?: readonly string[] }>();
      const folder = openBundleFolder(resolve(path));
      try {
        const signed = await signedManifest(folder);
        const manifest = openManifest(signed, options.key ?? signed.publicKeys);
        const flaws = await verifyBundle(folder, manifest, {
          signal: cli.signal,
          onBytes: (checked, total) => cli.terminal.status(`${formatBytes(checked)} of ${formatBytes(total)} read`),
        }).finally(() => cli.terminal.status(''));
        const signer = signed.envelope.signatures[0]?.keyid ?? '';
        const whole = flaws.missing.length + flaws.damaged.length === 0;
        if (options.json === true)
          printJson(cli.terminal, {
            snapshot: manifest.snapshot,
            signer,
            trusted: options.key !== undefined,
            ...flaws,
          });
        else {
          cli.terminal.out(
            `${printable(manifest.snapshot.name)}: ${formatBytes(flaws.checkedBytes)} read, signed by ${signer}${options.key === undefined ? ' (not compared: give --key)' : ''}`,
          );
          for (const { sha256 } of flaws.missing) cli.terminal.note(`missing: ${sha256}`);
          for (const { sha256 } of flaws.damaged) cli.terminal.note(cli.terminal.errColour.bad(`damaged: ${sha256}`));
        }
        if (!whole) cli.exitWith(EXIT.failure);
      } catch (error) {
        throw ofBundle(error);
      }
    });
}

function importCommand(content: Command, cli: Cli): void {
  const command = content
    .command('import <folder>')
    .description('take over an exported snapshot: vendors’ signatures are verified anew; begun again, it goes on')
    .option('--no-advisories', 'leave out what is known of vulnerabilities');
  examples(command, [
    ['thimble content import /media/usb/2026-11', 'whom it trusts is the server’s setting feed-keys'],
  ]);
  command.action(async (path: string, _, given: Command) => {
    const options = given.optsWithGlobals<ConnectionOptions & { advisories: boolean }>();
    const client = connect(cli, options);
    const folder = openBundleFolder(resolve(path));
    try {
      const signed = await signedManifest(folder);
      const detail = await imported(cli, client, folder, signed);
      if (options.advisories) await bringAdvisories(cli, client, folder);
      if (options.json === true) return printJson(cli.terminal, detail);
      showSnapshot(cli, detail);
      cli.terminal.note('\nRepositories that came with a bundle are switched off: nobody is asked for news from here.');
    } catch (error) {
      throw ofBundle(error);
    }
  });
}

/** Asks first: who is not trusted there is told so before gigabytes are sent, and what is there already is not sent at all. */
async function imported(
  cli: Cli,
  client: Client,
  folder: BundleFolder,
  signed: SignedContentManifest,
): Promise<SnapshotDetail> {
  try {
    return await client.importSnapshot(signed, cli.signal);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'bundle-incomplete') throw error;
  }
  const missing = await missingOn(client, objectsOf(readable(signed)));
  await inParallel(cli, missing, 'brought over', async (object) => {
    if (!(await folder.has(object)))
      throw new ContentBundleError(
        'bundle-incomplete',
        `${object.sha256} is not in the folder`,
        'Finish the export first: the same command goes on where it stopped.',
      );
    const upload = { stream: folder.read(object), sizeBytes: object.sizeBytes };
    await client.importObject(object.sha256, upload, cli.signal);
    return true;
  });
  return client.importSnapshot(signed, cli.signal);
}

async function bringAdvisories(cli: Cli, client: Client, folder: BundleFolder): Promise<void> {
  const path = join(folder.directory, ADVISORIES_NAME);
  const found = await stat(path).catch(() => null);
  if (found === null) return;
  cli.terminal.status('advisories …');
  const upload = { stream: createReadStream(path), sizeBytes: found.size };
  try {
    const { feeds } = await client.importFeeds(upload, { signal: cli.signal, force: false });
    cli.terminal.note(`Advisories of ${plural(feeds.length, 'feed')} are taken over.`);
  } catch (error) {
    // An older snapshot may be wanted; older advisories are not.
    if (!(error instanceof ProblemError) || error.code !== 'bundle-older') throw error;
    cli.terminal.note('The advisories here are newer than those of the bundle, and stay.');
  } finally {
    cli.terminal.status('');
  }
}

async function missingOn(client: Client, objects: readonly BundledObject[]): Promise<readonly BundledObject[]> {
  const missing = new Set<string>();
  for (let at = 0; at < objects.length; at += ASKED_AT_ONCE) {
    const asked = objects.slice(at, at + ASKED_AT_ONCE).map(({ sha256 }) => sha256);
    for (const sha256 of (await client.missingObjects(asked)).missing) missing.add(sha256);
  }
  return objects.filter(({ sha256 }) => missing.has(sha256));
}

/** @returns for how many the work was needed. The first failure ends it. */
async function inParallel(
  cli: Cli,
  objects: readonly BundledObject[],
  done: string,
  work: (object: BundledObject) => Promise<boolean>,
): Promise<number> {
  const totalBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const waiting = objects.values();
  let bytes = 0;
  let worked = 0;
  const worker = async (): Promise<void> => {
    for (const object of waiting) {
      cli.signal.throwIfAborted();
      if (await work(object)) worked += 1;
      bytes += object.sizeBytes;
      cli.terminal.status(`${formatBytes(bytes)} of ${formatBytes(totalBytes)} ${done}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    cli.terminal.status('');
  }
  return worked;
}

async function signedManifest(folder: BundleFolder): Promise<SignedContentManifest> {
  const document = await folder.manifest();
  if (document === null)
    throw new ContentBundleError(
      'not-a-bundle',
      `there is no manifest.json in ${folder.directory}`,
      'Name the folder that thimble content export wrote.',
    );
  openManifest(document, [...signersOf(document)]);
  return Value.Parse(SignedContentManifest, document);
}

function signersOf(document: unknown): readonly string[] {
  return Value.Check(SignedContentManifest, document) ? document.publicKeys : [];
}

/** Read, not trusted: whom to trust is decided where it is imported. */
function readable(signed: SignedContentManifest) {
  return openManifest(signed, signed.publicKeys);
}

function ofBundle(error: unknown): unknown {
  if (!(error instanceof ContentBundleError)) return error;
  const exitCode = error.code === 'not-a-bundle' ? EXIT.usage : EXIT.refused;
  return new CliError(error.code, error.message, { hint: error.hint, exitCode, cause: error });
}
