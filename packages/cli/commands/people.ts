import type { Person, PersonLink } from '@thimble/protocol';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import type { Client } from '../client/index.ts';
import { EXIT } from '../exit-codes.ts';
import { type Column, formatAgo, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from './options.ts';
import { printJson, printTable } from './print.ts';
import { grantCommands } from './roles/grant-commands.ts';

export function peopleCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('people'))).description(
    'People who use the console: invite them, shut them out, let them in again.',
  );
  examples(group, [
    ['thimble people invite "Ada Lovelace" ada@example.org', 'prints the link for her'],
    ['thimble people link ada@example.org', 'a new link, for who has lost every other way'],
    ['thimble people disable ada@example.org', 'ends her sessions, links and tokens at once'],
  ]);
  listCommand(group, cli);
  grantCommands(group, cli);
  inviteCommand(group, cli);
  group
    .command('link <person>')
    .description('make a one-time link for a person, by login or id')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const link = await client.linkFor((await pickPerson(client, text)).id);
      if (options.json === true) return printJson(cli.terminal, link);
      tellLink(cli, link);
    });
  for (const [name, disabled, description, told] of [
    ['disable', true, 'shut a person out: sessions, links and API tokens end; what they did stays', 'is shut out.'],
    ['enable', false, 'let a person in again who was disabled', 'may sign in again.'],
  ] as const)
    group
      .command(`${name} <person>`)
      .description(description)
      .action(async (text: string, _, command: Command) => {
        const options = command.optsWithGlobals<ConnectionOptions>();
        const client = connect(cli, options);
        const person = await client.changePerson((await pickPerson(client, text)).id, { disabled });
        if (options.json === true) printJson(cli.terminal, person);
        else cli.terminal.note(`${printable(person.name)} ${told}`);
      });
  for (const [name, end, description, told] of [
    ['sign-out', 'endSessionsOf', 'end all sessions of a person', 'is signed out everywhere.'],
    [
      'unlink',
      'unlinkIdentitiesOf',
      'let no identity provider sign a person in any more; sessions end',
      'is signed in by no identity provider any more.',
    ],
  ] as const)
    group
      .command(`${name} <person>`)
      .description(description)
      .action(async (text: string, _, command: Command) => {
        const options = command.optsWithGlobals<ConnectionOptions>();
        const client = connect(cli, options);
        const person = await pickPerson(client, text);
        await client[end](person.id);
        if (options.json === true) printJson(cli.terminal, person);
        else cli.terminal.note(`${printable(person.name)} ${told}`);
      });
}

function listCommand(group: Command, cli: Cli): void {
  group
    .command('list', { isDefault: true })
    .description('list them, with their ways to sign in')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).people();
      if (options.json === true) printJson(cli.terminal, list);
      else printTable(cli.terminal, personColumns(cli.now().getTime()), list.items);
    });
}

function inviteCommand(group: Command, cli: Cli): void {
  group
    .command('invite <name> <login>')
    .description('add a person and print the link with which they set themselves up; roles are given on their own')
    .option('--email <address>', 'e-mail address')
    .action(async (name: string, login: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { email?: string }>();
      const { email } = options;
      const invited = await connect(cli, options).invite({ name, login, ...(email === undefined ? {} : { email }) });
      if (options.json === true) return printJson(cli.terminal, invited);
      tellLink(cli, invited.link);
    });
}

function tellLink({ terminal, now }: Cli, { url, expiresAt }: PersonLink): void {
  terminal.note(`Give this to the person; it works once, and ends ${formatAgo(expiresAt, now().getTime())}:`);
  terminal.out(url);
}

async function pickPerson(client: Client, text: string): Promise<Person> {
  const { items } = await client.people();
  const found = items.find(({ id, login }) => id === text || login === text.toLowerCase());
  if (found !== undefined) return found;
  throw new CliError('unknown-person', `nobody has the login or id ${JSON.stringify(text)}`, {
    hint: 'The command `thimble people list` shows everybody.',
    exitCode: EXIT.usage,
  });
}

function personColumns(nowMs: number): readonly Column<Person>[] {
  return [
    { title: 'NAME', value: ({ name }) => printable(name), flexible: true, leastWidth: 12 },
    { title: 'LOGIN', value: ({ login }) => (login === null ? '-' : printable(login)), flexible: true, leastWidth: 10 },
    { title: 'ID', value: ({ id }) => id, dispensable: 2 },
    { title: 'STATE', value: stateOf },
    { title: 'SIGNS IN BY', value: ({ ways }) => (ways.length === 0 ? '-' : ways.join(', ')), dispensable: 1 },
    {
      title: 'LAST',
      value: ({ lastSignedInAt }) => (lastSignedInAt === null ? 'never' : formatAgo(lastSignedInAt, nowMs)),
    },
  ];
}

function stateOf({ disabledAt, ways }: Person): string {
  if (disabledAt !== null) return 'disabled';
  return ways.length === 0 ? 'invited' : 'active';
}
