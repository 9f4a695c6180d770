import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AddRepositoryRequest, KeySummary, RepositoryProposal, RepositorySummary } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import type { Client } from '../client/index.ts';
import type { Cli } from '../cli.ts';
import { CliError, usageError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import {
  type Column,
  confirm,
  formatAgo,
  formatBytes,
  listing,
  plural,
  printable,
  type Terminal,
} from '../terminal/index.ts';
import { connect } from './connection.ts';
import { pick, resolveRepository } from './content-resolve.ts';
import { type ConnectionOptions, examples, words } from './options.ts';
import { printFacts, printJson, printTable } from './print.ts';

export function repositoryCommands(content: Command, cli: Cli): void {
  proposalsCommand(content, cli);
  const group = content
    .command('repositories')
    .description('the upstream places that patches come from, and the keys that vouch for them');
  examples(group, [
    ['thimble content repositories', 'all, with their state'],
    ['thimble content repositories show bookworm-security', 'its keys, revisions and faults'],
    ['thimble content repositories sync bookworm-security', 'look for news now'],
  ]);
  lookingCommands(group, cli);
  addCommand(group, cli);
  setCommand(group, cli);
  syncCommand(group, cli);
  removeCommand(group, cli);
}

function proposalsCommand(content: Command, cli: Cli): void {
  content
    .command('proposals')
    .description('repositories that endpoints have configured and nobody has decided about')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const { items, total } = await connect(cli, options).proposals();
      if (options.json === true) return printJson(cli.terminal, { items, total });
      if (items.length === 0)
        return cli.terminal.note('There is none: every repository of the fleet is decided about.');
      showProposals(cli.terminal, items);
      cli.terminal.note(
        'Compare the fingerprints with the vendor’s, then: thimble content repositories add --from-proposals',
      );
    });
}

/** Repositories one by one, then each key once: several of them usually share their vendor's. */
function showProposals(terminal: Terminal, proposals: readonly RepositoryProposal[]): void {
  const { colour } = terminal;
  for (const proposal of proposals) {
    terminal.out(colour.bold(printable(proposal.name)));
    printFacts(terminal, [
      ['place', printable(placeOf(proposal))],
      ['architectures', printable(proposal.architectures.join(', '))],
      ['configured on', `${plural(proposal.endpointCount, 'endpoint')}: ${printable(listing(proposal.endpoints, 5))}`],
      ...(proposal.unsignedCount === 0
        ? []
        : ([
            ['unsigned', colour.bad(`${plural(proposal.unsignedCount, 'endpoint')} take it without a signature`)],
          ] as const)),
      ...(proposal.problem === '' ? [] : ([['problem', colour.bad(printable(proposal.problem))]] as const)),
    ]);
    terminal.out('');
  }
  const keys = new Map<string, { readonly key: KeySummary; readonly vouchesFor: string[] }>();
  for (const { name, keys: found } of proposals)
    for (const { key } of found) {
      const known = keys.get(key.fingerprint);
      if (known === undefined) keys.set(key.fingerprint, { key, vouchesFor: [name] });
      else known.vouchesFor.push(name);
    }
  if (keys.size === 0) return;
  terminal.out(colour.bold('Keys by which endpoints check them'));
  for (const { key, vouchesFor } of keys.values()) {
    terminal.out(keyInWords(terminal, key));
    const all = vouchesFor.length === proposals.length && proposals.length > 1;
    terminal.out(colour.dim(`    for ${all ? 'all of them' : printable(listing(vouchesFor, 4))}`));
  }
  terminal.out('');
}

function placeOf({
  format,
  uris,
  mirrorList,
  suite,
  components,
}: Pick<RepositorySummary, 'format' | 'uris' | 'mirrorList' | 'suite' | 'components'>): string {
  return [format, uris[0] ?? mirrorList ?? '', suite, ...components].filter((part) => part !== '').join(' ');
}

export function keyInWords({ colour }: Terminal, { fingerprint, userIds, problem }: KeySummary): string {
  const name = userIds[0] === undefined ? '' : `  ${printable(userIds[0])}`;
  return `${groups(fingerprint)}${name}${problem === '' ? '' : `  ${colour.bad(printable(problem))}`}`;
}

/** As gpg prints it, so that people can compare. */
function groups(fingerprint: string): string {
  return fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ');
}

function lookingCommands(group: Command, cli: Cli): void {
  const { terminal } = cli;
  group
    .command('list', { isDefault: true })
    .description('list them with their state')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).repositories();
      if (options.json === true) return printJson(terminal, list);
      if (list.items.length === 0)
        return terminal.note('There is none yet. What the machines have configured: thimble content proposals');
      printTable(terminal, repositoryColumns(terminal, cli.now().getTime()), list.items);
    });
  group
    .command('show <repository>')
    .description('show one: keys, revisions, faults')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const detail = await client.repository((await resolveRepository(client, text)).id);
      if (options.json === true) return printJson(terminal, detail);
      const { summary, revisions, faults } = detail;
      const nowMs = cli.now().getTime();
      terminal.out(
        `${terminal.colour.bold(printable(summary.name))}  ${paintHealth(terminal, summary.health)}  ${printable(summary.explanation)}`,
      );
      printFacts(terminal, [
        ['place', printable(placeOf(summary))],
        ['architectures', printable(summary.architectures.join(', '))],
        ['mode', summary.mode],
        ['configured on', plural(summary.endpointCount, 'endpoint')],
        ...summary.keys.map((key) => ['key', keyInWords(terminal, key)] as const),
        ['checked', `${formatAgo(summary.checkedAt, nowMs)}; next ${formatAgo(summary.nextAt, nowMs)}`],
      ]);
      if (revisions.length > 0) {
        terminal.out('');
        printTable(
          terminal,
          [
            { title: 'REVISION', value: ({ sequence }) => String(sequence), align: 'right' },
            { title: 'FROZEN', value: ({ createdAt }) => formatAgo(createdAt, nowMs) },
            { title: 'PACKAGES', value: ({ packageCount }) => String(packageCount), align: 'right' },
            { title: 'NEW', value: ({ addedCount }) => String(addedCount), align: 'right', dispensable: 1 },
            { title: 'GONE', value: ({ removedCount }) => String(removedCount), align: 'right', dispensable: 1 },
            { title: 'HERE', value: ({ storedBytes }) => formatBytes(storedBytes), align: 'right' },
            { title: 'SHA-256', value: ({ metadataSha256 }) => metadataSha256, flexible: true, dispensable: 2 },
          ],
          revisions,
        );
      }
      for (const { code, message, count, lastAt, resolvedAt, acceptable, id } of faults) {
        const state =
          resolvedAt === null ? terminal.colour.bad(code) : `${code} (resolved ${formatAgo(resolvedAt, nowMs)})`;
        terminal.out(`\n${state}, ${plural(count, 'time')}, last ${formatAgo(lastAt, nowMs)}: ${printable(message)}`);
        if (acceptable && resolvedAt === null)
          terminal.note(`Take this state all the same: thimble content repositories sync ${summary.id} --accept ${id}`);
      }
    });
}

function repositoryColumns(terminal: Terminal, nowMs: number): readonly Column<RepositorySummary>[] {
  return [
    { title: 'NAME', value: ({ name }) => printable(name), flexible: true, leastWidth: 14 },
    { title: 'STATE', value: ({ health }) => paintHealth(terminal, health) },
    { title: 'PLACE', value: (each) => printable(placeOf(each)), flexible: true, leastWidth: 16, dispensable: 3 },
    { title: 'MODE', value: ({ mode }) => mode, dispensable: 2 },
    { title: 'PACKAGES', value: ({ latest }) => String(latest?.packageCount ?? 0), align: 'right' },
    { title: 'HERE', value: ({ latest }) => formatBytes(latest?.storedBytes ?? 0), align: 'right', dispensable: 1 },
    { title: 'CHECKED', value: ({ checkedAt }) => formatAgo(checkedAt, nowMs) },
    { title: 'WHY', value: ({ explanation }) => printable(explanation), flexible: true, leastWidth: 20 },
  ];
}

function paintHealth({ colour }: Terminal, health: RepositorySummary['health']): string {
  if (health === 'fresh') return colour.good(health);
  if (health === 'failing') return colour.bad(health);
  return health === 'off' ? colour.dim(health) : colour.warning(health);
}

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

function addCommand(group: Command, cli: Cli): void {
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
  if (format === undefined || (url.length === 0 && mirrorList === undefined && options.files === undefined))
    throw usageError('it has to be said what is to be added', 'Give --from-proposals, or --format and --url.');
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
    ...(options.files === undefined ? {} : { files: JSON.parse(await textOf(options.files)) }),
  };
}

async function keysIn(client: Client, path: string): Promise<readonly KeySummary[]> {
  return client.readKeys({ stream: createReadStream(path), sizeBytes: (await stat(path)).size });
}

/** Signatures of apk name their key by its file, which the key itself does not say: the name goes along on the line before it. */
async function keyTextOf(path: string): Promise<string> {
  const text = await textOf(path);
  const name = basename(path);
  return name.endsWith('.rsa.pub') ? text.replaceAll(/^(?=-----BEGIN )/gm, `${name}\n`) : text;
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new CliError('unreadable', `${path} can't be read: ${cause.message}`, { exitCode: EXIT.usage, cause });
  });
}

type SetOptions = ConnectionOptions & {
  readonly enabled?: boolean;
  readonly mode?: 'lazy' | 'mirror';
  readonly every?: number;
  readonly name?: string;
  readonly architectures?: readonly string[];
  readonly components?: readonly string[];
  readonly fingerprint?: readonly string[];
  readonly keyFile?: string;
};

function setCommand(group: Command, cli: Cli): void {
  group
    .command('set <repository>')
    .description('change how a repository is used, or which keys vouch for it')
    .option('--enabled', 'look for news again')
    .option('--no-enabled', 'no news are looked for; what is frozen still serves')
    .addOption(new Option('--mode <mode>', 'fetch what is asked for, or everything ahead').choices(['lazy', 'mirror']))
    .option('--every <hours>', 'look for news so often', Number)
    .option('--name <text>', 'what to call it')
    .option('--architectures <names>', 'all that are wanted', words)
    .option('--components <names>', 'apt: all that are wanted', words)
    .option('--fingerprint <fingerprints>', 'all the keys that may vouch for it from now on', words)
    .option('--key-file <file>', 'has those of them that no endpoint has')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<SetOptions>();
      const client = connect(cli, options);
      const { id } = await resolveRepository(client, text);
      const { enabled, mode, every, name, architectures, components, fingerprint, keyFile } = options;
      const summary = await client.updateRepository(id, {
        ...(enabled === undefined ? {} : { enabled }),
        ...(mode === undefined ? {} : { mode }),
        ...(every === undefined ? {} : { intervalHours: every }),
        ...(name === undefined ? {} : { name }),
        ...(architectures === undefined ? {} : { architectures: [...architectures] }),
        ...(components === undefined ? {} : { components: [...components] }),
        ...(fingerprint === undefined
          ? {}
          : { fingerprints: fingerprint.map((each) => each.replaceAll(/[\s:]/g, '')) }),
        ...(keyFile === undefined ? {} : { keyMaterial: await keyTextOf(keyFile) }),
      });
      if (options.json === true) return printJson(cli.terminal, summary);
      cli.terminal.out(`${printable(summary.name)}: ${printable(summary.explanation)}`);
    });
}

function syncCommand(group: Command, cli: Cli): void {
  group
    .command('sync [repositories...]')
    .description('look for news now (of all, when none is named)')
    .option('--accept <fault>', 'take the very state that this fault refused')
    .action(async (texts: readonly string[], _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { accept?: string }>();
      const client = connect(cli, options);
      if (options.accept !== undefined && texts.length !== 1)
        throw usageError('a fault is one repository’s', 'Name the repository together with --accept.');
      const wanted =
        texts.length > 0
          ? await Promise.all(texts.map((text) => resolveRepository(client, text)))
          : (await client.repositories()).items.filter(({ enabled }) => enabled);
      for (const { id } of wanted)
        await client.syncRepository(id, options.accept === undefined ? {} : { acceptFaultId: options.accept });
      if (options.json === true) return printJson(cli.terminal, { asked: wanted.map(({ name }) => name) });
      cli.terminal.note(
        `Asked for ${printable(
          listing(
            wanted.map(({ name }) => name),
            8,
          ),
        )}. How it goes: thimble content repositories`,
      );
    });
}

function removeCommand(group: Command, cli: Cli): void {
  group
    .command('remove <repository>')
    .description('no news are looked for; snapshots that have it keep it')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const { id, name } = await resolveRepository(client, text);
      await client.removeRepository(id);
      if (options.json === true) return printJson(cli.terminal, { removed: id });
      cli.terminal.note(`${printable(name)} is removed. Snapshots that have it keep it.`);
    });
}
