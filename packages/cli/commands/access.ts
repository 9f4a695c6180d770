import type { Token, TokenList } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Client } from '../client/index.ts';
import { CliError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { type Column, formatAgo, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples, wholeNumber, withConnection, withJson } from './options.ts';
import { printJson, printTable } from './print.ts';

const LONGEST_HOURS = 24 * 366;

export function tokensCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('tokens'))).description(
    'API tokens: for scripts, and for this command on other machines.',
  );
  examples(group, [
    ['thimble tokens create ci --expires-in-hours 720', 'prints the secret, once'],
    ['thimble tokens revoke ci', 'by name or id'],
  ]);
  group
    .command('create <name>')
    .description('make a token; its secret is printed once and stored nowhere')
    .option('--expires-in-hours <hours>', 'end of its life; without it, it does not end', wholeNumber(1, LONGEST_HOURS))
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { expiresInHours?: number }>();
      const { expiresInHours } = options;
      const created = await connect(cli, options).createToken({
        name,
        ...(expiresInHours === undefined ? {} : { expiresInHours }),
      });
      if (options.json === true) return printJson(cli.terminal, created);
      cli.terminal.note('The token (shown this once):');
      cli.terminal.out(created.secret);
    });
  listAndRevoke(group, cli, { list: (client) => client.tokens(), revoke: (client, id) => client.revokeToken(id) });
}

interface TokenFamily {
  list(client: Client): Promise<TokenList>;
  revoke(client: Client, id: string): Promise<unknown>;
}

function listAndRevoke(group: Command, cli: Cli, family: TokenFamily): void {
  const { terminal, now } = cli;
  group
    .command('list', { isDefault: true })
    .description('list the tokens that still work')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await family.list(connect(cli, options));
      if (options.json === true) printJson(terminal, list);
      else if (list.items.length === 0) terminal.note('There is none.');
      else printTable(terminal, tokenColumns(now().getTime()), list.items);
    });
  group
    .command('revoke <token>')
    .description('end a token’s life at once, by its name or id')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const token = pickToken((await family.list(client)).items, text);
      await family.revoke(client, token.id);
      if (options.json === true) printJson(terminal, token);
      else terminal.note(`${printable(token.name)} does not work any more.`);
    });
}

function pickToken(tokens: readonly Token[], text: string): Token {
  const found = tokens.filter(({ id, name }) => id === text || name === text);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new CliError(
    only === undefined ? 'unknown-token' : 'ambiguous-token',
    only === undefined
      ? `there is no token ${JSON.stringify(text)}`
      : `${found.length} tokens are called ${JSON.stringify(text)}`,
    { hint: 'The command `list` shows them; an id is always exact with `list --json`.', exitCode: EXIT.usage },
  );
}

function tokenColumns(nowMs: number): readonly Column<Token>[] {
  return [
    { title: 'NAME', value: ({ name }) => printable(name), flexible: true, leastWidth: 12 },
    { title: 'ID', value: ({ id }) => id, dispensable: 2 },
    { title: 'MADE', value: ({ createdAt }) => formatAgo(createdAt, nowMs) },
    { title: 'ENDS', value: ({ expiresAt }) => (expiresAt === null ? 'never' : formatAgo(expiresAt, nowMs)) },
    {
      title: 'USED',
      value: ({ useCount, maximumUses }) => (maximumUses === null ? String(useCount) : `${useCount} of ${maximumUses}`),
      align: 'right',
    },
    { title: 'LAST USED', value: ({ lastUsedAt }) => formatAgo(lastUsedAt, nowMs), dispensable: 1 },
  ];
}
