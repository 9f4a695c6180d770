import { BUILT_IN_ROLE_IDS, type Grant, type GrantList } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Client } from '../../client/index.ts';
import { CliError } from '../../cli-error.ts';
import type { Cli } from '../../cli.ts';
import { EXIT } from '../../exit-codes.ts';
import { printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { labelsOf } from '../labels.ts';
import { type ConnectionOptions, words } from '../options.ts';
import { printJson } from '../print.ts';
import { pickRole } from './pick-role.ts';

/** `grant` and `revoke`: which role a person has, and for which endpoints. */
export function grantCommands(group: Command, cli: Cli): void {
  group
    .command('grant <person> <role>')
    .description('give somebody a role, besides those that they have')
    .option('--label <key=value>', 'only for endpoints with it; several: with all of them', words)
    .option('--include-clients', 'also in the organisations below this one')
    .action(async (person: string, role: string, _, command: Command) => {
      const options = command.optsWithGlobals<
        ConnectionOptions & { label?: readonly string[]; includeClients?: boolean }
      >();
      const client = connect(cli, options);
      const known = await personNamed(client, person);
      const given: Grant = {
        roleId: pickRole((await client.roles()).items, role).id,
        labels: options.label === undefined ? null : labelsOf(options.label),
        includeClients: options.includeClients ?? false,
      };
      const others = known.grants.map(plain).filter((grant) => !isSame(grant, given));
      tell(cli, options, await client.setGrants(known.personId, [...others, given]));
    });
  group
    .command('revoke <person> <role>')
    .description('take a role from somebody, for whichever endpoints they have it')
    .action(async (person: string, role: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const known = await personNamed(client, person);
      const { id, name } = pickRole((await client.roles()).items, role);
      const left = known.grants.filter(({ roleId }) => roleId !== id);
      if (left.length === known.grants.length)
        throw new CliError('not-granted', `${known.name} does not have the role ${name}`, { exitCode: EXIT.usage });
      tell(cli, options, await client.setGrants(known.personId, left.map(plain)));
    });
}

/** By login, name or id; of all who belong here or have a role here. */
async function personNamed(client: Client, text: string): Promise<GrantList> {
  const people = (await client.people()).items;
  const granted = (await client.allGrants()).items;
  const found = [
    ...people.filter(({ id, name, login }) => id === text || login === text.toLowerCase() || name === text),
    ...granted.filter(({ personId, name }) => personId === text || name === text),
  ].map((each) => ('personId' in each ? each.personId : each.id));
  const [only, ...more] = new Set(found);
  if (only !== undefined && more.length === 0) return client.grantsOf(only);
  throw new CliError(
    only === undefined ? 'unknown-person' : 'ambiguous-person',
    only === undefined
      ? `there is nobody called ${JSON.stringify(text)}`
      : `${more.length + 1} people are called ${JSON.stringify(text)}`,
    { hint: 'A login is always exact: thimble people list', exitCode: EXIT.usage },
  );
}

function tell({ terminal }: Cli, { json }: ConnectionOptions, list: GrantList): void {
  if (json === true) return printJson(terminal, list);
  const roles = list.grants.map(grantText).join(', ');
  terminal.note(`${printable(list.name)} has ${roles === '' ? 'no role' : roles} now.`);
}

/** `operator on role=web`. */
export function grantText({ roleId, roleName, labels, includeClients }: GrantList['grants'][number]): string {
  const where = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const name = BUILT_IN_ROLE_IDS.some((id) => id === roleId) ? roleName : printable(roleName);
  return `${name}${where.length === 0 ? '' : ` on ${printable(where.join(', '))}`}${includeClients ? ' and in clients' : ''}`;
}

function plain({ roleId, labels, includeClients }: Grant): Grant {
  return { roleId, labels, includeClients };
}

function isSame(one: Grant, other: Grant): boolean {
  const key = ({ roleId, labels }: Grant): string => JSON.stringify([roleId, Object.entries(labels ?? {}).sort()]);
  return key(one) === key(other);
}
