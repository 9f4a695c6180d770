import type { NextPatches } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type Column, plural, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples, wholeNumber, withConnection, withJson } from './options.ts';
import { printJson, printTable } from './print.ts';
import { resolveEndpoint } from './resolve-endpoint.ts';

export function nextPatchesCommand(program: Command, cli: Cli): void {
  const command = withConnection(withJson(program.command('next-patches')))
    .description('The fewest updates that remove the most risk, in the order in which to install them.')
    .option('--endpoint <name>', 'for one machine instead of the fleet')
    .option('--limit <n>', 'how many (10)', wholeNumber(1, 200));
  examples(command, [
    ['thimble next-patches', 'what to patch next'],
    ['thimble next-patches --endpoint web1 --limit 3', 'the three updates that help this machine most'],
  ]);
  command.action(async (options: ConnectionOptions & { endpoint?: string; limit?: number }) => {
    const { terminal } = cli;
    const client = connect(cli, options);
    const endpoint = options.endpoint === undefined ? null : await resolveEndpoint(client, options.endpoint);
    const plan = await client.nextPatches({
      limit: options.limit ?? 10,
      ...(endpoint === null ? {} : { endpointId: endpoint.id }),
    });
    if (options.json === true) return printJson(terminal, plan);
    if (plan.items.length === 0) terminal.note('No update removes a known vulnerability.');
    else printTable(terminal, COLUMNS, plan.items);
    for (const { reason, risk, count } of plan.remaining)
      terminal.note(`Stays: ${plural(count, 'finding')}, risk ${Math.round(risk)}: ${printable(reason)}`);
  });
}

const COLUMNS: readonly Column<NextPatches['items'][number]>[] = [
  { title: 'UPDATE', value: ({ source }) => printable(source), flexible: true },
  { title: 'TO', value: ({ fixedVersion }) => printable(fixedVersion), flexible: true },
  { title: 'ENDPOINTS', value: ({ endpointCount }) => String(endpointCount), align: 'right' },
  { title: 'CLOSES', value: ({ vulnerabilityCount }) => String(vulnerabilityCount), align: 'right' },
  {
    title: 'EXPLOITED',
    value: ({ exploitedCount }) => (exploitedCount === 0 ? '' : String(exploitedCount)),
    align: 'right',
  },
  { title: 'RISK GONE', value: ({ riskRemoved }) => String(Math.round(riskRemoved)), align: 'right' },
  { title: 'SO FAR', value: ({ cumulativeShare }) => `${Math.round(cumulativeShare * 100)}%`, align: 'right' },
  { title: 'REBOOT', value: ({ needsReboot }) => (needsReboot ? 'yes' : ''), dispensable: 1 },
];
