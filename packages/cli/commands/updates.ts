import type { FleetUpdate } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type Column, formatBytes, listing, plural, printable, type Terminal } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from './options.ts';
import { printJson, printTable } from './print.ts';

export function updatesCommands(program: Command, cli: Cli): void {
  const command = withConnection(withJson(program.command('updates')))
    .description('Pending updates across all endpoints: one line for each package and version.')
    .option('--security', 'only those from a security pocket')
    .option('--search <text>', 'only packages whose name contains this');
  examples(command, [
    ['thimble updates --security', 'what is missing, most widespread first'],
    ['thimble updates --json | jq .items[].name', 'for scripts'],
  ]);
  command.action(async (options: ConnectionOptions & { security?: boolean; search?: string }) => {
    const { terminal } = cli;
    const list = await connect(cli, options).updates({
      ...(options.security === true ? { security: true } : {}),
      ...(options.search === undefined ? {} : { search: options.search }),
    });
    if (options.json === true) return printJson(terminal, list);
    if (list.items.length === 0)
      return terminal.note(options.security === true ? 'No security update is pending.' : 'No update is pending.');
    printTable(terminal, columns(terminal), list.items);
    const security = list.items.filter((item) => item.security).length;
    terminal.note(`\n${plural(list.total, 'update')}, ${security} of them security.`);
  });
}

function columns({ colour }: Terminal): readonly Column<FleetUpdate>[] {
  return [
    { title: 'PACKAGE', value: ({ name }) => printable(name), flexible: true, leastWidth: 16 },
    { title: 'VERSION', value: ({ candidate }) => printable(candidate), flexible: true, leastWidth: 12 },
    { title: 'KIND', value: ({ security }) => (security ? colour.bad('security') : 'update') },
    { title: 'ENDPOINTS', value: ({ endpointCount }) => String(endpointCount), align: 'right' },
    { title: 'SIZE', value: ({ downloadBytes }) => formatBytes(downloadBytes), align: 'right', dispensable: 2 },
    {
      title: 'WHERE',
      value: ({ endpoints }) =>
        listing(
          endpoints.map(({ hostname }) => printable(hostname)),
          6,
        ),
      flexible: true,
      dispensable: 1,
    },
  ];
}
