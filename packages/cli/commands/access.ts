import type { ApiToken } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type Column, formatAgo, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { labelsOf } from './labels.ts';
import { listAndRevokeTokens } from './list-and-revoke-tokens.ts';
import { type ConnectionOptions, examples, wholeNumber, withConnection, withJson, words } from './options.ts';
import { printJson } from './print.ts';
import { pickRole } from './roles/pick-role.ts';
import { permissionsOf } from './roles/roles.ts';

const LONGEST_HOURS = 24 * 366;

interface CreateOptions extends ConnectionOptions {
  readonly expiresInHours?: number;
  readonly role?: string;
  readonly permission?: readonly string[];
  readonly label?: readonly string[];
}

export function tokensCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('tokens'))).description(
    'API tokens: for scripts, and for this command on other machines.',
  );
  examples(group, [
    ['thimble tokens create inventory', 'sees what a viewer sees, for 90 days; prints the secret, once'],
    ['thimble tokens create ci --role operator --label stage=test', 'operates some endpoints'],
    ['thimble tokens create report --permission evidence:read --expires-in-hours 720', 'one thing alone'],
    ['thimble tokens revoke ci', 'by name or id'],
  ]);
  createCommand(group, cli);
  listAndRevokeTokens(group, cli, {
    list: (client) => client.tokens(),
    revoke: (client, id) => client.revokeToken(id),
    columns: tokenColumns,
  });
}

function createCommand(group: Command, cli: Cli): void {
  group
    .command('create <name>')
    .description('make a token, which never may more than you; its secret is printed once and stored nowhere')
    .option('--role <role>', 'what it may do; without it: viewer')
    .option('--permission <name>', 'what it may do, instead of a role; several times or with commas', words)
    .option('--label <key=value>', 'only for endpoints with it; several: with all of them', words)
    .option('--expires-in-hours <hours>', 'end of its life; without it: 90 days', wholeNumber(1, LONGEST_HOURS))
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<CreateOptions>();
      const { expiresInHours, role, permission, label } = options;
      const client = connect(cli, options);
      const created = await client.createToken({
        name,
        ...(expiresInHours === undefined ? {} : { expiresInHours }),
        ...(role === undefined ? {} : { roleId: pickRole((await client.roles()).items, role).id }),
        ...(permission === undefined ? {} : { permissions: permissionsOf(permission) }),
        ...(label === undefined ? {} : { labels: labelsOf(label) }),
      });
      if (options.json === true) return printJson(cli.terminal, created);
      cli.terminal.note('The token (shown this once):');
      cli.terminal.out(created.secret);
    });
}

function tokenColumns(nowMs: number): readonly Column<ApiToken>[] {
  return [
    { title: 'NAME', value: ({ name }) => printable(name), flexible: true, leastWidth: 12 },
    { title: 'ID', value: ({ id }) => id, dispensable: 3 },
    {
      title: 'MAY',
      value: ({ roleName, permissions }) => printable(roleName ?? permissions.join(',')),
      flexible: true,
      leastWidth: 8,
    },
    { title: 'BY', value: ({ createdBy }) => printable(createdBy), dispensable: 2 },
    { title: 'MADE', value: ({ createdAt }) => formatAgo(createdAt, nowMs) },
    { title: 'ENDS', value: ({ expiresAt }) => (expiresAt === null ? 'never' : formatAgo(expiresAt, nowMs)) },
    { title: 'USED', value: ({ useCount }) => String(useCount), align: 'right' },
    { title: 'LAST USED', value: ({ lastUsedAt }) => formatAgo(lastUsedAt, nowMs), dispensable: 1 },
  ];
}
