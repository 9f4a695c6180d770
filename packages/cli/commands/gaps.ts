import type { FleetGap } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type Column, listing, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from './options.ts';
import { printJson, printTable } from './print.ts';

export function gapsCommand(program: Command, cli: Cli): void {
  const command = withConnection(withJson(program.command('gaps'))).description(
    'What could not be assessed, and why. Unknown is never counted as safe.',
  );
  examples(command, [['thimble gaps', 'third parties’ packages, releases out of support, feeds that are too old']]);
  command.action(async (options: ConnectionOptions) => {
    const { terminal } = cli;
    const list = await connect(cli, options).gaps();
    if (options.json === true) return printJson(terminal, list);
    if (list.items.length === 0) return terminal.note('Everything that was found could be assessed.');
    printTable(terminal, COLUMNS, list.items);
  });
}

const COLUMNS: readonly Column<FleetGap>[] = [
  { title: 'REASON', value: ({ reason }) => reason },
  { title: 'WHAT', value: ({ what }) => printable(what), flexible: true },
  { title: 'ENDPOINTS', value: ({ endpointCount }) => String(endpointCount), align: 'right' },
  { title: 'PACKAGES', value: ({ packageCount }) => String(packageCount), align: 'right' },
  { title: 'WHY', value: ({ why }) => printable(why), flexible: true, leastWidth: 20 },
  {
    title: 'WHERE',
    value: ({ endpoints }) =>
      listing(
        endpoints.map(({ hostname }) => printable(hostname)),
        4,
      ),
    flexible: true,
    dispensable: 1,
  },
];
