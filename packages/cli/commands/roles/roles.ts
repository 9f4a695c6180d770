import { type GrantList, PERMISSION_NAMES, type Permission, type Role } from '@thimble/protocol';
import { Argument, type Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { usageError } from '../../cli-error.ts';
import { type Column, printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson, words } from '../options.ts';
import { printJson, printTable } from '../print.ts';
import { grantText } from './grant-commands.ts';
import { pickRole } from './pick-role.ts';

type SaveOptions = ConnectionOptions & { readonly permission?: readonly string[]; readonly description?: string };

export function rolesCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('roles'))).description(
    'Roles: what people and tokens may do. Nobody gives more than they have.',
  );
  examples(group, [
    ['thimble roles permissions', 'all there are, and what they allow'],
    ['thimble roles create "Night shift" --permission runs:read,runs:operate', 'a role of your own'],
    ['thimble people grant ada operator --label site=bern', 'for some endpoints'],
    ['thimble roles four-eyes required', 'who proposes does not approve'],
  ]);
  readingCommands(group, cli);
  grantsCommand(group, cli);
  changingCommands(group, cli);
  fourEyesCommand(group, cli);
}

function readingCommands(group: Command, cli: Cli): void {
  const { terminal } = cli;
  group
    .command('list', { isDefault: true })
    .description('built-in roles, and your own')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).roles();
      if (options.json === true) printJson(terminal, list);
      else printTable(terminal, ROLE_COLUMNS, list.items);
    });
  group
    .command('permissions')
    .description('what a role can allow')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).permissions();
      if (options.json === true) printJson(terminal, list);
      else printTable(terminal, PERMISSION_COLUMNS, list.items);
    });
}

function grantsCommand(group: Command, cli: Cli): void {
  group
    .command('grants')
    .description('who has which role here, and for which endpoints')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).allGrants();
      if (options.json === true) printJson(cli.terminal, list);
      else printTable(cli.terminal, GRANT_COLUMNS, list.items);
    });
}

function changingCommands(group: Command, cli: Cli): void {
  const { terminal } = cli;
  const tell = (options: ConnectionOptions, role: Role): void => {
    if (options.json === true) printJson(terminal, role);
    else terminal.note(`${printable(role.name)} allows ${role.permissions.join(', ') || 'nothing'}.`);
  };
  group
    .command('create <name>')
    .description('make a role')
    .option('--permission <name>', 'what it allows, several times or with commas', words)
    .option('--description <text>', 'whom or what it is for')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<SaveOptions>();
      const { description } = options;
      const permissions = permissionsOf(options.permission ?? []);
      const request = { name, permissions, ...(description === undefined ? {} : { description }) };
      tell(options, await connect(cli, options).createRole(request));
    });
  group
    .command('change <role>')
    .description('say anew what a role of your own allows')
    .option('--permission <name>', 'all that it allows from now on', words)
    .option('--description <text>', 'whom or what it is for')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<SaveOptions>();
      const client = connect(cli, options);
      const role = pickRole((await client.roles()).items, text);
      const permissions = options.permission === undefined ? role.permissions : permissionsOf(options.permission);
      const description = options.description ?? role.description;
      tell(options, await client.changeRole(role.id, { name: role.name, description, permissions }));
    });
  group
    .command('remove <role>')
    .description('remove a role of your own that nobody has')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const role = pickRole((await client.roles()).items, text);
      await client.removeRole(role.id);
      if (options.json === true) printJson(terminal, role);
      else terminal.note(`The role ${printable(role.name)} is removed.`);
    });
}

function fourEyesCommand(group: Command, cli: Cli): void {
  group
    .command('four-eyes')
    .addArgument(new Argument('[setting]', 'what it is to be').choices(['required', 'off', 'automatic']))
    .description('whether who proposes a run or a rollout may approve it; without a setting: what holds now')
    .action(async (setting: 'required' | 'off' | 'automatic' | undefined, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const rule = setting === undefined ? await client.fourEyes() : await client.setFourEyes({ setting });
      if (options.json === true) printJson(cli.terminal, rule);
      else cli.terminal.note(`${rule.setting}, ${rule.inForce ? 'in force' : 'not in force'}: ${rule.why}`);
    });
}

/** @throws CliError `usage` */
export function permissionsOf(names: readonly string[]): Permission[] {
  return names.map((text) => {
    const found = PERMISSION_NAMES.find((name) => name === text);
    if (found === undefined)
      throw usageError(`${JSON.stringify(text)} is no permission`, 'See: thimble roles permissions');
    return found;
  });
}

const ROLE_COLUMNS: readonly Column<Role>[] = [
  { title: 'ROLE', value: ({ name }) => printable(name), leastWidth: 12 },
  { title: 'PEOPLE', value: ({ personCount }) => String(personCount), align: 'right' },
  { title: 'PERMISSIONS', value: ({ permissions }) => String(permissions.length), align: 'right', dispensable: 1 },
  { title: 'FOR', value: ({ description }) => printable(description), flexible: true, leastWidth: 20 },
];

const GRANT_COLUMNS: readonly Column<GrantList>[] = [
  { title: 'NAME', value: ({ name }) => printable(name), leastWidth: 12 },
  { title: 'ROLES', value: ({ grants }) => grants.map(grantText).join(', '), flexible: true, leastWidth: 20 },
];

const PERMISSION_COLUMNS: readonly Column<{ readonly name: string; readonly allows: string }>[] = [
  { title: 'PERMISSION', value: ({ name }) => name },
  { title: 'ALLOWS', value: ({ allows }) => allows, flexible: true, leastWidth: 20 },
];
