import { readFile } from 'node:fs/promises';
import type { BlackoutCalendar } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { CliError } from '../../cli-error.ts';
import { EXIT } from '../../exit-codes.ts';
import { formatAgo, plural, printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { type ConnectionOptions, examples } from '../options.ts';
import { printJson, printTable } from '../print.ts';

export function calendarCommands(windows: Command, cli: Cli): void {
  const { terminal } = cli;
  const group = windows.command('calendars').description('calendars during which nothing begins; policies name them');
  group
    .command('list', { isDefault: true })
    .description('list them')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).calendars();
      if (options.json === true) return printJson(terminal, list);
      if (list.items.length === 0)
        return terminal.note('There is none yet: thimble windows calendars import NAME FILE.ics makes one.');
      const nowMs = cli.now().getTime();
      printTable<BlackoutCalendar>(
        terminal,
        [
          { title: 'CALENDAR', value: ({ name }) => printable(name), flexible: true },
          { title: 'EVENTS', value: ({ eventCount }) => String(eventCount), align: 'right' },
          {
            title: 'NEXT',
            value: ({ next: [first] }) =>
              first === undefined ? '-' : printable(`${formatAgo(first.startsAt, nowMs)}: ${first.summary}`),
            flexible: true,
          },
          { title: 'USED BY', value: ({ usedBy }) => printable(usedBy.join(', ') || 'nobody'), flexible: true },
          { title: 'CHANGED', value: ({ changedAt }) => formatAgo(changedAt, nowMs), dispensable: 1 },
        ],
        list.items,
      );
    });
  const importing = group
    .command('import <name> <file>')
    .description('take the events of an iCalendar file (RFC 5545); what was there under the name is replaced');
  examples(importing, [['thimble windows calendars import holidays holidays.ics', 'then blackouts: [holidays]']]);
  importing.action(async (name: string, file: string, _, command: Command) => {
    const options = command.optsWithGlobals<ConnectionOptions>();
    const text = await readFile(file, 'utf8').catch((cause: Error) => {
      throw new CliError('not-read', `${file} can't be read: ${cause.message}`, { cause, exitCode: EXIT.usage });
    });
    const calendar = await connect(cli, options).putCalendar(name, text);
    if (options.json === true) return printJson(terminal, calendar);
    terminal.note(`${printable(calendar.name)} has ${plural(calendar.eventCount, 'event')}.`);
    for (const gap of calendar.gaps) terminal.note(terminal.errColour.warning(printable(gap)));
  });
  group
    .command('export <name>')
    .description('print one as it was given')
    .action(async (name: string, _, command: Command) => {
      terminal.out((await connect(cli, command.optsWithGlobals<ConnectionOptions>()).calendarText(name)).trimEnd());
    });
  group
    .command('remove <name>')
    .description('remove one that no policy names')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      await connect(cli, options).removeCalendar(name);
      if (options.json === true) return printJson(terminal, { removed: name });
      terminal.note(`${printable(name)} is removed.`);
    });
}
