import type { Channel } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatAgo, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { resolveSnapshot } from './content-resolve.ts';
import { type ConnectionOptions, examples } from './options.ts';
import { printJson, printTable } from './print.ts';

export function channelCommands(content: Command, cli: Cli): void {
  const group = content.command('channels').description('names that point at a snapshot: what each ring installs from');
  group
    .command('list', { isDefault: true })
    .description('list them in the order in which snapshots are promoted')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).channels();
      if (options.json === true) return printJson(cli.terminal, list);
      if (list.items.length === 0)
        return cli.terminal.note('There is none yet: thimble content promote SNAPSHOT --to NAME makes one.');
      const nowMs = cli.now().getTime();
      printTable(
        cli.terminal,
        [
          { title: 'CHANNEL', value: ({ name }) => printable(name) },
          { title: 'SNAPSHOT', value: ({ snapshot }) => printable(snapshot?.name ?? '-'), flexible: true },
          { title: 'SINCE', value: ({ movedAt }) => formatAgo(movedAt, nowMs) },
          { title: 'BY', value: ({ movedBy }) => printable(movedBy ?? ''), flexible: true },
        ],
        list.items,
      );
    });
  group
    .command('history <channel>')
    .description('where it pointed, when, and by whom')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const moves = (await connect(cli, options).channels()).items.find((each) => each.name === name)?.moves ?? [];
      if (options.json === true) return printJson(cli.terminal, moves);
      printTable(
        cli.terminal,
        [
          { title: 'AT', value: ({ at }) => at },
          { title: 'SNAPSHOT', value: ({ snapshotName }) => printable(snapshotName ?? '-'), flexible: true },
          { title: 'BY', value: ({ by }) => printable(by) },
          { title: 'NOTE', value: ({ note }) => printable(note), flexible: true },
        ],
        moves,
      );
    });
  group
    .command('undo <channel>')
    .description('back to the snapshot before')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      say(cli, options, await connect(cli, options).undoPromotion(name));
    });
  group
    .command('remove <channel>')
    .description('remove the name; the snapshot stays')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      await connect(cli, options).removeChannel(name);
      if (options.json === true) return printJson(cli.terminal, { removed: name });
      cli.terminal.note(`${printable(name)} is removed.`);
    });
  promoteCommand(content, cli);
}

function promoteCommand(content: Command, cli: Cli): void {
  const command = content
    .command('promote <snapshot>')
    .description('let a channel point at a snapshot; the channel is made when it is new')
    .requiredOption('--to <channel>', 'which')
    .option('--note <text>', 'why, for whoever asks later');
  examples(command, [
    ['thimble content promote last --to canary', 'first there'],
    ['thimble content promote 2026-11 --to production', 'then where it matters; undo with channels undo'],
  ]);
  command.action(async (text: string, _, given: Command) => {
    const options = given.optsWithGlobals<ConnectionOptions & { to: string; note?: string }>();
    const client = connect(cli, options);
    const { id } = await resolveSnapshot(client, text);
    const body = { snapshotId: id, ...(options.note === undefined ? {} : { note: options.note }) };
    say(cli, options, await client.promote(options.to, body));
  });
}

function say({ terminal }: Cli, { json }: ConnectionOptions, channel: Channel): void {
  if (json === true) return printJson(terminal, channel);
  terminal.out(printable(`${channel.name} → ${channel.snapshot?.name ?? 'nothing'}`));
}
