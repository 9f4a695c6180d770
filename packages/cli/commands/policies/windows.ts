import type { WindowCalendar } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import type { Cli } from '../../cli.ts';
import { formatAgo, formatDuration, printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { beginningOf, momentOf } from '../moment.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from '../options.ts';
import { printJson, printTable } from '../print.ts';
import { calendarCommands } from './calendars.ts';
import { freezeCommands } from './freezes.ts';
import { resolvePolicy } from './resolve-policy.ts';

type WindowOptions = ConnectionOptions & { readonly from?: string; readonly to?: string; readonly policy?: string };

/** When something may be changed, and when not. */
export function windowsCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('windows'))).description(
    'When something may be changed: maintenance windows to come, blackout calendars, freezes.',
  );
  examples(group, [
    ['thimble windows', 'the coming ones of all policies'],
    ['thimble windows export > windows.ics', 'for everybody’s calendar'],
    ['thimble windows calendars import holidays holidays.ics', 'days on which nothing begins'],
    ['thimble windows freeze --reason "quarter end" --until 2026-10-02', 'nothing begins, from now on'],
  ]);
  group
    .command('list', { isDefault: true })
    .description('list windows, blackouts and freezes, in the order in which they begin')
    .addOption(new Option('--from <moment>', 'from then on; without it: now').argParser(beginningOf))
    .addOption(new Option('--to <moment>', 'until then; at most 62 days').argParser(momentOf))
    .option('--policy <policy>', 'only this policy’s')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<WindowOptions>();
      const client = connect(cli, options);
      const { from, to, policy } = options;
      const calendar = await client.windows({
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...(policy === undefined ? {} : { policyId: (await resolvePolicy(client, policy)).id }),
      });
      if (options.json === true) return printJson(cli.terminal, calendar);
      showWindows(cli, calendar);
    });
  group
    .command('export')
    .description('print the coming windows as a calendar (RFC 5545) on standard output')
    .action(async (_, command: Command) => {
      cli.terminal.out((await connect(cli, command.optsWithGlobals<WindowOptions>()).windowsAsCalendar()).trimEnd());
    });
  calendarCommands(group, cli);
  freezeCommands(group, cli);
}

function showWindows(cli: Cli, { items, truncated }: WindowCalendar): void {
  const { terminal } = cli;
  if (items.length === 0)
    return terminal.note('There is no window in this time: policies without windows work at any time.');
  const nowMs = cli.now().getTime();
  printTable<WindowCalendar['items'][number]>(
    terminal,
    [
      {
        title: 'KIND',
        value: ({ kind }) => (kind === 'window' ? terminal.colour.good(kind) : terminal.colour.warning(kind)),
      },
      { title: 'NAME', value: ({ name }) => printable(name), flexible: true, leastWidth: 12 },
      { title: 'POLICY', value: ({ policy }) => printable(policy?.name ?? '-'), flexible: true, leastWidth: 10 },
      { title: 'BEGINS', value: ({ startsAt }) => startsAt },
      { title: '', value: ({ startsAt }) => formatAgo(startsAt, nowMs), dispensable: 1 },
      {
        title: 'LASTS',
        value: ({ startsAt, endsAt }) => formatDuration(Date.parse(endsAt) - Date.parse(startsAt)),
      },
      { title: 'ZONE', value: ({ timeZone }) => printable(timeZone), dispensable: 2 },
      { title: 'PLANNED', value: ({ plannedCount }) => String(plannedCount), align: 'right' },
      { title: 'ENDPOINTS', value: ({ endpointCount }) => String(endpointCount), align: 'right' },
    ],
    items,
  );
  if (truncated) terminal.note('There are more: ask for fewer days with --to.');
}
