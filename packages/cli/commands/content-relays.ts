import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatAgo, formatBytes, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { pick } from './content-resolve.ts';
import { percent } from './content-status.ts';
import { type ConnectionOptions, examples, words } from './options.ts';
import { printJson, printTable } from './print.ts';

/** The server's list of relays; the relay itself is `thimble relay`. */
export function relayRegistryCommands(content: Command, cli: Cli): void {
  const group = content.command('relays').description('caches near the endpoints, and what they saved');
  examples(group, [
    ['thimble content relays create bern --site Bern --networks 10.2.0.0/16', 'prints the command that starts it'],
    ['thimble content relays', 'how they are'],
  ]);
  group
    .command('list', { isDefault: true })
    .description('list them')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).relays();
      if (options.json === true) return printJson(cli.terminal, list);
      if (list.items.length === 0) return cli.terminal.note('There is none: thimble content relays create --help');
      const nowMs = cli.now().getTime();
      printTable(
        cli.terminal,
        [
          { title: 'NAME', value: ({ name }) => printable(name) },
          {
            title: 'STATE',
            value: ({ online }) => (online ? cli.terminal.colour.good('online') : cli.terminal.colour.bad('offline')),
          },
          { title: 'SEEN', value: ({ lastSeenAt }) => formatAgo(lastSeenAt, nowMs) },
          {
            title: 'SERVES',
            value: ({ site, networks }) => printable([site ?? '', ...networks].join(' ').trim()),
            flexible: true,
          },
          { title: 'CACHE', value: ({ cacheBytes }) => formatBytes(cacheBytes), align: 'right', dispensable: 1 },
          { title: 'HITS', value: ({ hits, requests }) => percent(hits, requests), align: 'right' },
          { title: 'SERVED', value: ({ servedBytes }) => formatBytes(servedBytes), align: 'right' },
          { title: 'FETCHED', value: ({ fetchedBytes }) => formatBytes(fetchedBytes), align: 'right' },
        ],
        list.items,
      );
    });
  group
    .command('create <name>')
    .description('register a relay; its token is shown once, in the command that starts it')
    .option('--site <label>', 'endpoints with this site ask it first')
    .option('--networks <cidrs>', 'endpoints that come from these networks ask it first', words)
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { site?: string; networks?: readonly string[] }>();
      const created = await connect(cli, options).createRelay({
        name,
        ...(options.site === undefined ? {} : { site: options.site }),
        ...(options.networks === undefined ? {} : { networks: [...options.networks] }),
      });
      if (options.json === true) return printJson(cli.terminal, created);
      cli.terminal.note('Run this where the relay is to be (the token is not shown again):');
      cli.terminal.out(printable(created.command));
    });
  group
    .command('remove <relay>')
    .description('its token ends; endpoints ask the server instead')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const relay = pick((await client.relays()).items, text, 'relay', 'There is none.');
      await client.removeRelay(relay.id);
      if (options.json === true) return printJson(cli.terminal, { removed: relay.id });
      cli.terminal.note(`${printable(relay.name)} is removed.`);
    });
}
