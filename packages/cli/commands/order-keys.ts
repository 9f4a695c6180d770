import { readFile } from 'node:fs/promises';
import type { OrderKeyState, OrderKeyStatus, RotateOrderKeyRequest } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError, usageError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { confirm, formatAgo, listing, plural, printable } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from './options.ts';
import { printJson } from './print.ts';

/** `thimble server order-keys`: which keys sign orders, and who follows them. */
export function orderKeysCommand(group: Command, cli: Cli): void {
  withJson(withConnection(group.command('order-keys')))
    .description('The keys that sign orders, the newest first, and how many endpoints follow it.')
    .action(async (options: ConnectionOptions) => {
      const status = await connect(cli, options).orderKeys();
      if (options.json === true) return printJson(cli.terminal, status);
      for (const line of statusInWords(status, cli.now().getTime())) cli.terminal.out(line);
    });
}

interface RotateOptions {
  readonly revoke?: boolean;
  readonly alsoSignedBy?: readonly string[];
  readonly yes?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

/** `thimble server rotate-order-key`: over the server's own socket alone. */
export function rotateOrderKeyCommand(group: Command, cli: Cli): void {
  const command = withJson(group.command('rotate-order-key'))
    .description(
      'Sign orders with a new key. The server goes on working, its replicas take the key by themselves, and endpoints follow with their next check-in. The key before counts until its orders are over, for a day at most.',
    )
    .option('--revoke', 'the present key may be stolen: nothing that it signed counts from now on')
    .option('--also-signed-by <file...>', 'a later key, which this server lost with an older database, signs too')
    .option('--yes', 'do not ask')
    .option('--data <directory>', 'data directory of the server on this machine');
  examples(command, [
    ['thimble server rotate-order-key', 'now and then, and when somebody leaves'],
    ['thimble server rotate-order-key --revoke', 'at once, when the key was stolen'],
    [
      'thimble server rotate-order-key --also-signed-by DATA/keys/order-key.pem.before-restore',
      'after a restore from before another rotation',
    ],
  ]);
  command.action(async (options: RotateOptions) => {
    const { revoke = false, alsoSignedBy, data, json, yes } = options;
    const keys = alsoSignedBy === undefined ? undefined : await Promise.all(alsoSignedBy.map(readKey));
    if (yes !== true) await ask(cli, QUESTIONS[revoke ? 'revoke' : 'replace']);
    const request: RotateOrderKeyRequest = { revoke, ...(keys === undefined ? {} : { alsoSignedBy: keys }) };
    const status = await connect(cli, data === undefined ? {} : { data }).rotateOrderKey(request);
    if (json === true) return printJson(cli.terminal, status);
    for (const line of statusInWords(status, cli.now().getTime())) cli.terminal.out(line);
    cli.terminal.note('Make a backup: older ones have the key before. Who follows: thimble server order-keys');
  });
}

const QUESTIONS = {
  replace: 'Sign orders with a new key, which all endpoints follow?',
  revoke:
    'Nothing that the present key signed counts from now on; orders that wait are asked for anew, tickets to content are got anew. Revoke it?',
} as const;

async function ask(cli: Cli, question: string): Promise<void> {
  if (!cli.terminal.interactive)
    throw new CliError('not-confirmed', 'this has to be confirmed', { hint: 'Add --yes.', exitCode: EXIT.pending });
  if (!(await confirm(cli.terminal, question, cli.signal)))
    throw new CliError('not-confirmed', 'nothing was changed', { exitCode: EXIT.refused });
}

async function readKey(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw usageError(
      `the key ${path} can’t be read`,
      error instanceof Error ? error.message : 'Name a file with a key in PEM form.',
    );
  });
}

const STATES: Readonly<Record<OrderKeyState, string>> = {
  signs: 'signs orders',
  counts: 'replaced; what it signed still counts',
  retired: 'replaced',
  revoked: 'revoked',
};
const NAMED = 5;

function statusInWords({ sequence, keys, endpoints, notFollowing }: OrderKeyStatus, nowMs: number): readonly string[] {
  const { following, behind, astray, unheard } = endpoints;
  const names = notFollowing.map(({ hostname }) => printable(hostname));
  const others = behind + astray + unheard;
  return [
    ...keys.map(
      ({ keyid, state, madeAt }) => `${keyid.slice(0, 16)}  ${STATES[state]}, made ${formatAgo(madeAt, nowMs)}`,
    ),
    `${plural(following, 'endpoint')} of ${following + others} ${following === 1 ? 'follows' : 'follow'} list ${sequence}.`,
    ...(others === 0 ? [] : [`Not: ${listing([...names.slice(0, NAMED), ...more(others - NAMED)])}.`]),
    ...(behind === 0 ? [] : [`${plural(behind, 'endpoint')} will with the next check-in.`]),
    ...(unheard === 0 ? [] : [`${plural(unheard, 'endpoint')} did not say what they follow yet.`]),
    ...(astray === 0
      ? []
      : [
          `${plural(astray, 'endpoint')} took a list that this server did not make. Was it brought back from before a rotation? Then give its later key with --also-signed-by. Else somebody has a key of yours: enrol them anew.`,
        ]),
  ];
}

function more(count: number): readonly string[] {
  return count > 0 ? [`${count} more`] : [];
}
