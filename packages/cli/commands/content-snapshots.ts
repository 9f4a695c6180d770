import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateSnapshotRequest, SnapshotDetail, SnapshotSummary, UpdateSnapshotRequest } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import type { Client } from '../client/index.ts';
import type { Cli } from '../cli.ts';
import { type Column, formatAgo, formatBytes, listing, plural, printable, type Terminal } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { resolveRepository, resolveSnapshot } from './content-resolve.ts';
import { type ConnectionOptions, examples, words } from './options.ts';
import { printFacts, printJson, printTable } from './print.ts';

/** How often a person sees how far the upstreams are. */
const LOOK_MS = 1000;

export function snapshotCommands(content: Command, cli: Cli): void {
  createCommand(content, cli);
  const group = content.command('snapshots').description('the frozen states of all repositories, newest first');
  listCommand(group, cli);
  showCommand(group, cli);
  const change = (name: string, description: string, body: (reason?: string) => UpdateSnapshotRequest): void => {
    group
      .command(`${name} <snapshot>`)
      .description(description)
      .option('--reason <text>', 'why, for whoever asks later')
      .action(async (text: string, _, command: Command) => {
        const options = command.optsWithGlobals<ConnectionOptions & { reason?: string }>();
        const client = connect(cli, options);
        const detail = await client.updateSnapshot((await resolveSnapshot(client, text)).id, body(options.reason));
        if (options.json === true) return printJson(cli.terminal, detail);
        showSnapshot(cli, detail);
      });
  };
  change('pin', 'never collect it', () => ({ pinned: true }));
  change('unpin', 'collect it when its time comes', () => ({ pinned: false }));
  change('retire', 'no new run may use it', (reason) => ({
    retired: true,
    ...(reason === undefined ? {} : { reason }),
  }));
  change('restore', 'take retirement back', () => ({ retired: false }));
  group
    .command('rename <snapshot> <name>')
    .description('call it something else')
    .action(async (text: string, name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const detail = await client.updateSnapshot((await resolveSnapshot(client, text)).id, { name });
      if (options.json === true) return printJson(cli.terminal, detail);
      showSnapshot(cli, detail);
    });
}

type CreateOptions = ConnectionOptions & {
  readonly name?: string;
  readonly note?: string;
  readonly repositories?: readonly string[];
  readonly synchronise: boolean;
  readonly failing?: NonNullable<CreateSnapshotRequest['failing']>;
};

function createCommand(content: Command, cli: Cli): void {
  const command = content
    .command('snapshot')
    .description('look for news upstream, verify them, and freeze the state of all repositories under one name')
    .option('--name <text>', 'what to call it; else the date')
    .option('--note <text>', 'what for')
    .option('--repositories <names>', 'only these', words)
    .option('--no-synchronise', 'from what is here, without asking upstreams')
    .addOption(
      new Option('--failing <what>', 'when an upstream can’t be verified: no snapshot, or its last good state').choices(
        ['refuse', 'last-good'],
      ),
    );
  examples(command, [
    ['thimble content snapshot --name 2026-11', 'all repositories as they are now'],
    ['thimble content snapshot --repositories bookworm-security', 'one of them'],
  ]);
  command.action(async (_, given: Command) => {
    const options = given.optsWithGlobals<CreateOptions>();
    const client = connect(cli, options);
    const { name, note, failing } = options;
    const repositoryIds =
      options.repositories === undefined
        ? undefined
        : (await Promise.all(options.repositories.map((text) => resolveRepository(client, text)))).map(({ id }) => id);
    const detail = await watched(
      cli,
      client,
      client.createSnapshot(
        {
          synchronise: options.synchronise,
          ...(name === undefined ? {} : { name }),
          ...(note === undefined ? {} : { note }),
          ...(repositoryIds === undefined ? {} : { repositoryIds }),
          ...(failing === undefined ? {} : { failing }),
        },
        cli.signal,
      ),
    );
    if (options.json === true) return printJson(cli.terminal, detail);
    showSnapshot(cli, detail);
    cli.terminal.note(`\nWhat it would change: thimble content diff ${detail.summary.name}`);
  });
}

/** Tells meanwhile what the server does. */
async function watched<Result>(cli: Cli, client: Client, work: Promise<Result>): Promise<Result> {
  const ended = new AbortController();
  const settled = work.finally(() => ended.abort());
  void (async () => {
    while (!ended.signal.aborted) {
      await sleep(LOOK_MS, undefined, { signal: ended.signal });
      const running = (await client.repositories()).items.filter((each) => each.running !== null);
      const words = running.map(
        ({ name, running: at }) => `${name}: ${at?.message ?? ''}, ${formatBytes(at?.receivedBytes ?? 0)}`,
      );
      if (!ended.signal.aborted && words.length > 0) cli.terminal.status(printable(listing(words, 2)));
    }
  })().catch(() => {
    // Only a display; the work itself reports its errors.
  });
  try {
    return await settled;
  } finally {
    cli.terminal.status('');
  }
}

function listCommand(group: Command, cli: Cli): void {
  group
    .command('list', { isDefault: true })
    .description('list them')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).snapshots();
      if (options.json === true) return printJson(cli.terminal, list);
      if (list.items.length === 0) return cli.terminal.note('There is none yet: thimble content snapshot makes one.');
      printTable(cli.terminal, snapshotColumns(cli.now().getTime()), list.items);
    });
}

function snapshotColumns(nowMs: number): readonly Column<SnapshotSummary>[] {
  return [
    { title: 'NAME', value: ({ name }) => printable(name), flexible: true, leastWidth: 12 },
    { title: 'MADE', value: ({ createdAt }) => formatAgo(createdAt, nowMs) },
    { title: 'CHANNELS', value: ({ channels }) => printable(channels.join(', ')), dispensable: 1 },
    { title: 'REPOSITORIES', value: ({ revisionCount }) => String(revisionCount), align: 'right', dispensable: 3 },
    { title: 'PACKAGES', value: ({ packageCount }) => String(packageCount), align: 'right' },
    { title: 'HERE', value: ({ storedBytes }) => formatBytes(storedBytes), align: 'right', dispensable: 2 },
    { title: 'RUNS', value: ({ runCount }) => String(runCount), align: 'right' },
    { title: 'STATE', value: stateOf },
  ];
}

function stateOf({ retiredAt, retiredReason, pinned }: SnapshotSummary): string {
  if (retiredAt !== null) return `retired${retiredReason === '' ? '' : `: ${printable(retiredReason)}`}`;
  return pinned ? 'pinned' : '';
}

function showCommand(group: Command, cli: Cli): void {
  group
    .command('show <snapshot>')
    .description('show one with the revisions that it is made of')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const detail = await client.snapshot((await resolveSnapshot(client, text)).id);
      if (options.json === true) return printJson(cli.terminal, detail);
      showSnapshot(cli, detail);
    });
}

export function showSnapshot({ terminal, now }: Pick<Cli, 'terminal' | 'now'>, detail: SnapshotDetail): void {
  const { summary, revisions } = detail;
  const nowMs = now().getTime();
  terminal.out(`${terminal.colour.bold(printable(summary.name))}  ${stateOf(summary)}`.trimEnd());
  printFacts(terminal, [
    ['id', summary.id],
    ['made', `${formatAgo(summary.createdAt, nowMs)} by ${printable(summary.createdBy)}`],
    ...(summary.note === '' ? [] : ([['note', printable(summary.note)]] as const)),
    ['channels', printable(listing(summary.channels)) || 'none'],
    [
      'holds',
      `${plural(summary.packageCount, 'package')}, ${formatBytes(summary.packageBytes)}; here ${formatBytes(summary.storedBytes)}`,
    ],
    ['used by', `${plural(summary.runCount, 'run')}, ${summary.activeRunCount} of them under way`],
  ]);
  terminal.out('');
  showRevisions(terminal, revisions, nowMs);
}

function showRevisions(terminal: Terminal, revisions: SnapshotDetail['revisions'], nowMs: number): void {
  printTable(
    terminal,
    [
      { title: 'REPOSITORY', value: ({ repositoryName }) => printable(repositoryName), flexible: true, leastWidth: 12 },
      { title: 'REVISION', value: ({ sequence }) => String(sequence), align: 'right' },
      { title: 'OF', value: ({ date, createdAt }) => formatAgo(date ?? createdAt, nowMs) },
      { title: 'PACKAGES', value: ({ packageCount }) => String(packageCount), align: 'right' },
      { title: 'SIGNED BY', value: ({ signedBy }) => signedBy ?? 'packages', flexible: true, dispensable: 1 },
      { title: 'SHA-256', value: ({ metadataSha256 }) => metadataSha256, flexible: true, dispensable: 2 },
    ],
    revisions,
  );
}
