import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { type Column, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import type { ConnectionOptions } from './options.ts';
import { printJson, printTable } from './print.ts';

interface NamedToken {
  readonly id: string;
  readonly name: string;
}

/** What differs between kinds of tokens. */
interface TokenKind<Token extends NamedToken> {
  readonly list: (client: ReturnType<typeof connect>) => Promise<{ readonly items: readonly Token[] }>;
  readonly revoke: (client: ReturnType<typeof connect>, id: string) => Promise<unknown>;
  readonly columns: (nowMs: number) => readonly Column<Token>[];
}

/** `list` and `revoke` of a group of commands about tokens. */
export function listAndRevokeTokens<Token extends NamedToken>(
  group: Command,
  cli: Cli,
  { list, revoke, columns }: TokenKind<Token>,
): void {
  const { terminal, now } = cli;
  group
    .command('list', { isDefault: true })
    .description('list the tokens that still work')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const found = await list(connect(cli, options));
      if (options.json === true) printJson(terminal, found);
      else if (found.items.length === 0) terminal.note('There is none.');
      else printTable(terminal, columns(now().getTime()), found.items);
    });
  group
    .command('revoke <token>')
    .description('end a token’s life at once, by its name or id')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const token = pickToken((await list(client)).items, text);
      await revoke(client, token.id);
      if (options.json === true) printJson(terminal, token);
      else terminal.note(`${printable(token.name)} does not work any more.`);
    });
}

/** @throws CliError `unknown-token`, `ambiguous-token` */
function pickToken<Token extends NamedToken>(tokens: readonly Token[], text: string): Token {
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
