import type { WaitingEndpoint } from '@thimble/protocol';
import type { Command } from 'commander';
import { CliError, usageError } from '../../cli-error.ts';
import type { Cli } from '../../cli.ts';
import type { Client } from '../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { type Column, formatAgo, plural, printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { type ConnectionOptions, examples } from '../options.ts';
import { printJson, printTable } from '../print.ts';

/** `thimble endpoints waiting|admit|refuse`: the queue of those that somebody has to let in. */
export function admissionCommands(endpoints: Command, cli: Cli): void {
  const { terminal, now } = cli;
  const waiting = endpoints
    .command('waiting')
    .description('list what enrolled and waits to be let in; compare the key with `thimble agent status` there')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).waitingEndpoints();
      if (options.json === true) return printJson(terminal, list);
      if (list.items.length === 0) return terminal.note('Nothing waits to be let in.');
      printTable(terminal, waitingColumns(now().getTime()), list.items);
    });
  examples(waiting, [
    ['thimble endpoints waiting --json', 'with whole fingerprints'],
    ['thimble endpoints admit web-7 web-8', 'these two'],
    ['thimble endpoints admit --all', 'all that wait now'],
  ]);
  decision(endpoints, cli, {
    name: 'admit',
    description: 'let endpoints in that wait, by name, id, or the beginning of their key’s fingerprint',
    act: (client, ids) => client.admitEndpoints(ids),
    done: 'let in',
  });
  decision(endpoints, cli, {
    name: 'refuse',
    description: 'send endpoints away that wait; they may enrol again if they have a token',
    act: (client, ids) => client.refuseEndpoints(ids),
    done: 'refused',
  });
}

interface Decision {
  readonly name: 'admit' | 'refuse';
  readonly description: string;
  readonly act: (client: Client, ids: readonly string[]) => Promise<{ readonly changed: number }>;
  readonly done: string;
}

function decision(endpoints: Command, cli: Cli, { name, description, act, done }: Decision): void {
  endpoints
    .command(`${name} [endpoints...]`)
    .description(description)
    .option('--all', 'all that wait now')
    .action(async (texts: readonly string[], _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { all?: boolean }>();
      if ((options.all === true) === texts.length > 0)
        throw usageError('it is not said which endpoints', 'Give names, or --all.');
      const client = connect(cli, options);
      const { items } = await client.waitingEndpoints();
      const chosen = options.all === true ? items : texts.map((text) => pickWaiting(items, text));
      const reply =
        chosen.length === 0
          ? { changed: 0 }
          : await act(
              client,
              chosen.map(({ id }) => id),
            );
      if (options.json === true) return printJson(cli.terminal, reply);
      cli.terminal.note(`${plural(reply.changed, 'endpoint')} ${done}.`);
    });
}

/** Two machines may say the same name, so only what one alone has is enough. */
function pickWaiting(items: readonly WaitingEndpoint[], text: string): WaitingEndpoint {
  const found = items.filter(({ id, hostname, keyid }) => id === text || hostname === text || keyid.startsWith(text));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new CliError(
    only === undefined ? 'unknown-endpoint' : 'ambiguous-endpoint',
    only === undefined
      ? `nothing that waits is called ${JSON.stringify(text)}`
      : `${found.length} endpoints that wait are called ${JSON.stringify(text)}`,
    { hint: '`thimble endpoints waiting` shows them; the key’s fingerprint tells them apart.', exitCode: EXIT.usage },
  );
}

const SHOWN_OF_DIGEST = 16;

function waitingColumns(nowMs: number): readonly Column<WaitingEndpoint>[] {
  return [
    { title: 'NAME', value: ({ hostname }) => printable(hostname), flexible: true, leastWidth: 12 },
    { title: 'KEY', value: ({ keyid }) => keyid.slice(0, SHOWN_OF_DIGEST) },
    { title: 'MACHINE', value: ({ machine }) => machine.slice(0, SHOWN_OF_DIGEST), dispensable: 2 },
    { title: 'ADDRESS', value: ({ address }) => printable(address ?? 'not known') },
    { title: 'SYSTEM', value: ({ os }) => printable(os), flexible: true, dispensable: 3 },
    { title: 'TOKEN', value: ({ token }) => printable(token), flexible: true, dispensable: 1 },
    { title: 'WAITS', value: ({ enrolledAt }) => formatAgo(enrolledAt, nowMs) },
    { title: 'WAS BEFORE', value: ({ former }) => printable(former?.hostname ?? ''), flexible: true, dispensable: 4 },
  ];
}
