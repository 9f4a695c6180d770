import type { RepositorySummary } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { usageError } from '../cli-error.ts';
import { type Column, formatAgo, formatBytes, listing, plural, printable, type Terminal } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { addCommand } from './content-add.ts';
import { keyTextOf } from './content-files.ts';
import { proposalsCommand } from './content-proposals.ts';
import { keyInWords, placeOf } from './content-repository-view.ts';
import { resolveRepository } from './content-resolve.ts';
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
