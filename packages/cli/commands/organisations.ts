import type { ClientState, Organisation } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Client } from '../client/index.ts';
import { usageError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { type Column, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { failureSharingCommand } from './failure-sharing.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from './options.ts';
import { printJson, printTable } from './print.ts';

export function organisationsCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('organisations'))).description(
    'A provider’s organisation and its clients. --organisation (THIMBLE_ORGANISATION) names the one in which any command acts.',
  );
  examples(group, [
    ['thimble organisations', 'how each of them stands'],
    ['thimble organisations create "Alder Ltd"', 'a client'],
    ['thimble endpoints --organisation "Alder Ltd"', 'that client’s endpoints'],
    ['thimble organisations archive "Alder Ltd" --force', 'its endpoints are removed, its evidence stays'],
    ['thimble organisations unarchive "Alder Ltd"', 'people have their roles there again'],
  ]);
  group
    .command('list', { isDefault: true })
    .description('those in which you have a role, and how each of them stands')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const [{ items }, states] = await Promise.all([client.organisations(), client.clientStates()]);
      if (options.json === true) return printJson(cli.terminal, { items, states: states.items });
      const stateOf = new Map(states.items.map((state) => [state.organisation.id, state]));
      printTable(
        cli.terminal,
        COLUMNS,
        items.map((organisation) => ({ organisation, state: stateOf.get(organisation.id) })),
      );
    });
  failureSharingCommand(group, cli);
  group
    .command('create <name>')
    .description('make a client of your organisation (or of --organisation)')
    .action((name: string, _, command: Command) =>
      act(cli, command, `made ${printable(name)}`, (client) => client.createOrganisation(name)),
    );
  group
    .command('rename <organisation> <name>')
    .description('give it another name')
    .action((text: string, name: string, _, command: Command) =>
      act(cli, command, `renamed it to ${printable(name)}`, async (client) =>
        client.renameOrganisation((await pick(client, text)).id, name),
      ),
    );
  group
    .command('archive <organisation>')
    .description('end it: nobody can act in it any more; nothing of it is deleted')
    .option('--force', 'also when it has endpoints: they are removed')
    .action((text: string, { force }: { force?: boolean }, command: Command) =>
      act(cli, command, `archived ${printable(text)}`, async (client) =>
        client.archiveOrganisation((await pick(client, text)).id, force === true),
      ),
    );
  group
    .command('unarchive <organisation>')
    .description('bring an archived one back: people have their roles there again; endpoints are enrolled anew')
    .action((text: string, _, command: Command) =>
      act(cli, command, `brought ${printable(text)} back`, async (client) =>
        client.restoreOrganisation(one(text, (await client.archivedOrganisations()).items, 'archived').id),
      ),
    );
}

async function act(
  cli: Cli,
  command: Command,
  done: string,
  change: (client: Client) => Promise<Organisation>,
): Promise<void> {
  const options = command.optsWithGlobals<ConnectionOptions>();
  const organisation = await change(connect(cli, options));
  if (options.json === true) printJson(cli.terminal, organisation);
  else cli.terminal.note(`${done} (${organisation.id})`);
}

async function pick(client: Client, text: string): Promise<Organisation> {
  return one(text, (await client.organisations()).items, 'in which you have a role');
}

/** By id, or by a name that is one's alone. */
function one(text: string, items: readonly Organisation[], which: string): Organisation {
  const found = items.filter(({ id, name }) => id === text || name.toLowerCase() === text.toLowerCase());
  const [first] = found;
  if (first === undefined || found.length > 1)
    throw usageError(
      first === undefined
        ? `there is no organisation ${JSON.stringify(text)} ${which}`
        : `there are ${found.length} organisations ${JSON.stringify(text)}`,
      'Give its id; `thimble organisations list --json` shows it.',
    );
  return first;
}

interface Line {
  readonly organisation: Organisation;
  /** Undefined: not all of its endpoints may be seen. */
  readonly state: ClientState | undefined;
}

const count = (title: string, of: (state: ClientState) => number): Column<Line> => ({
  title,
  align: 'right',
  value: ({ state }) => (state === undefined ? '–' : String(of(state))),
});

const COLUMNS: readonly Column<Line>[] = [
  { title: 'NAME', value: ({ organisation }) => printable(organisation.name), flexible: true, leastWidth: 12 },
  count('ENDPOINTS', (state) => state.endpointCount),
  count('STALE', (state) => state.staleCount),
  count('EXPOSED', (state) => state.exposedCount),
  count('EXPLOITED', (state) => state.exploitedCount),
  count('CRITICAL', (state) => state.criticalCount),
  count('HALTED', (state) => state.haltedRolloutCount),
  count('OVERDUE', (state) => state.overdueCount),
  count('TO APPROVE', (state) => state.waitingApprovalCount),
  { title: 'ID', value: ({ organisation }) => organisation.id, dispensable: 1 },
];
