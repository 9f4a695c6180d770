import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import {
  GenericFileEntry,
  type AddRepositoryRequest,
  type KeySummary,
  type RepositorySummary,
} from '@thimble/protocol';
import { type Command, Option } from 'commander';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Client } from '../client/index.ts';
import type { Cli } from '../cli.ts';
import { CliError, usageError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { confirm, plural, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { jsonOf, keyTextOf } from './content-files.ts';
import { showProposals } from './content-proposals.ts';
import { keyInWords } from './content-repository-view.ts';
import { pick } from './content-resolve.ts';
import { type ConnectionOptions, examples, words } from './options.ts';
import { printJson } from './print.ts';

type AddOptions = ConnectionOptions & {
  readonly fromProposals?: boolean;
  readonly only?: readonly string[];
  readonly yes?: boolean;
  readonly name?: string;
  readonly format?: AddRepositoryRequest['format'];
  readonly url?: readonly string[];
  readonly mirrorList?: string;
  readonly suite?: string;
  readonly components?: readonly string[];
  readonly architectures?: readonly string[];
  readonly keyFile?: string;
  readonly fingerprint?: readonly string[];
  readonly mirror?: boolean;
  readonly newest?: number;
  readonly unsignedMetadata?: boolean;
  readonly files?: string;
};

export function addCommand(group: Command, cli: Cli): void {
  const command = group
    .command('add')
    .description('approve a repository and the keys that vouch for it')
    .option('--from-proposals', 'what endpoints have configured, with the keys that they check it by')
    .option('--only <names>', 'of the proposals only these', words)
    .option('--yes', 'the fingerprints were compared: do not ask')
    .option('--name <text>', 'what to call it')
    .addOption(new Option('--format <format>').choices(['apt', 'rpm', 'apk', 'generic']))
    .option('--url <urls>', 'base address; more than one: mirrors of each other', words)
    .option('--mirror-list <url>', 'rpm: a mirror list or metalink')
    .option('--suite <suite>', 'apt: suite or codename, or a path that ends in / for a flat repository')
    .option('--components <names>', 'apt: main, contrib …', words)
    .option('--architectures <names>', 'amd64, x86_64 …', words)
    .option('--key-file <file>', 'public keys, armored or PEM')
    .option('--fingerprint <fingerprints>', 'of the keys that may vouch for it, as the vendor publishes them', words)
    .option('--mirror', 'fetch everything ahead, not only what is asked for')
    .option('--unsigned-metadata', 'rpm: the vendor signs only packages; each one’s own signature is checked')
    .option('--files <file>', 'generic: a JSON list of {name, version, url, sha256, sizeBytes, signatureKind}');
  examples(command, [
    ['thimble content repositories add --from-proposals', 'shows each with its fingerprints and asks'],
    [
      'thimble content repositories add --format apt --url https://deb.example/debian --suite stable --components main --architectures amd64 --key-file vendor.asc --fingerprint 0123…',
      'by hand',
    ],
  ]);
  command.action(async (_, given: Command) => {
    const options = given.optsWithGlobals<AddOptions>();
    const client = connect(cli, options);
    const requests =
      options.fromProposals === true
        ? await fromProposals(cli, client, options)
        : [await fromOptions(client, cli, options)];
    const added: RepositorySummary[] = [];
    for (const request of requests) {
      added.push(await client.addRepository(request));
      if (options.json !== true) cli.terminal.out(`${printable(request.name)} is added; it is looked at now.`);
    }
    if (options.json === true) printJson(cli.terminal, { items: added, total: added.length });
    else cli.terminal.note('How they are: thimble content repositories');
  });
}

async function fromProposals(cli: Cli, client: Client, options: AddOptions): Promise<readonly AddRepositoryRequest[]> {
  const { items } = await client.proposals();
  const wanted =
    options.only === undefined
      ? items.filter(({ problem }) => problem === '')
      : options.only.map((text) => pick(items, text, 'proposal', 'There is none.'));
  if (wanted.length === 0)
    throw new CliError('no-proposal', 'there is no proposal that can be added as it is', {
      hint: 'See thimble content proposals.',
    });
  if (options.json !== true) showProposals(cli.terminal, wanted);
  if (options.yes !== true) {
    if (!cli.terminal.interactive)
      throw new CliError('not-confirmed', 'keys have to be approved by a person', {
        hint: 'Compare the fingerprints above with the vendor’s, then add --yes.',
        exitCode: EXIT.pending,
      });
    const question = `\nTrust these keys for ${plural(wanted.length, 'repository', 'repositories')}?`;
    if (!(await confirm(cli.terminal, question, cli.signal)))
      throw new CliError('not-confirmed', 'nothing was added', { exitCode: EXIT.pending });
  }
  return wanted.map(({ name, format, uris, mirrorList, suite, components, architectures, keys }) => ({
    name,
    format,
    uris,
    mirrorList,
    suite,
    components,
    architectures,
    fingerprints: keys.filter(({ key }) => key.problem === '').map(({ key }) => key.fingerprint),
    ...(options.mirror === true ? { mode: 'mirror' as const } : {}),
  }));
}

async function fromOptions(client: Client, cli: Cli, options: AddOptions): Promise<AddRepositoryRequest> {
  const { format, url = [], mirrorList, suite = '', components = [], architectures = [] } = options;
  if (format === undefined || url.length === 0)
    throw usageError(
      'it has to be said what is to be added',
      'Give --from-proposals, or --format and --url; a mirror list names more addresses, not the first one.',
    );
  const keyMaterial = options.keyFile === undefined ? undefined : await keyTextOf(options.keyFile);
  const fingerprints = options.fingerprint?.map((each) => each.replaceAll(/[\s:]/g, '')) ?? [];
  if (keyMaterial !== undefined && fingerprints.length === 0) {
    for (const key of await keysIn(client, options.keyFile ?? '')) cli.terminal.note(keyInWords(cli.terminal, key));
    throw usageError(
      'the keys of the file have to be named',
      'Compare them with the vendor’s, then give --fingerprint.',
    );
  }
  return {
    name: options.name ?? [suite === '' ? (url[0] ?? format) : suite, ...components].join(' '),
    format,
    uris: [...url],
    mirrorList: mirrorList ?? null,
    suite,
    components: [...components],
    architectures: [...architectures],
    fingerprints,
    ...(keyMaterial === undefined ? {} : { keyMaterial }),
    ...(options.mirror === true ? { mode: 'mirror' as const } : {}),
    ...(options.unsignedMetadata === true ? { signature: 'packages' as const } : {}),
    ...(options.files === undefined ? {} : { files: filesIn(options.files, await jsonOf(options.files)) }),
  };
}

/** @throws CliError `malformed` */
function filesIn(path: string, value: unknown): GenericFileEntry[] {
  if (Value.Check(Type.Array(GenericFileEntry), value)) return value;
  throw new CliError('malformed', `${path} is no list of files`, {
    hint: 'Each is {"name", "version", "url", "sha256", "sizeBytes": number or null, "signatureKind"}; see docs/content.md.',
    exitCode: EXIT.usage,
  });
}

async function keysIn(client: Client, path: string): Promise<readonly KeySummary[]> {
  return client.readKeys({ stream: createReadStream(path), sizeBytes: (await stat(path)).size });
}
