import type { CreateEnrolmentTokenRequest, EnrolmentToken } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import type { Cli } from '../../cli.ts';
import { type Column, formatAgo, printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { labelsOf } from '../labels.ts';
import { listAndRevokeTokens } from '../list-and-revoke-tokens.ts';
import { type ConnectionOptions, examples, wholeNumber, withConnection, withJson, words } from '../options.ts';
import { printJson } from '../print.ts';

const LONGEST_HOURS = 24 * 366;

interface CreateOptions extends ConnectionOptions {
  readonly expiresInHours?: number;
  readonly maximumUses?: number;
  readonly label?: readonly string[];
  readonly group?: readonly string[];
  readonly site?: string;
  readonly network?: readonly string[];
  readonly approve?: boolean;
}

/** `thimble enrolment-tokens`: with what, and from where, machines join. */
export function enrolmentTokensCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('enrolment-tokens'))).description(
    'Enrolment tokens: with one of them a machine joins this server as an endpoint.',
  );
  examples(group, [
    ['thimble enrolment-tokens create web --maximum-uses 20', 'prints the command to run on the machines'],
    ['thimble enrolment-tokens create shops --label role=till --site berlin', 'what joins with it has these'],
    ['thimble enrolment-tokens create lab --network 10.7.0.0/16 --approve', 'only from there, and somebody lets it in'],
    ['thimble enrolment-tokens list', 'how often each was used'],
  ]);
  createCommand(group, cli);
  listAndRevokeTokens(group, cli, {
    list: (client) => client.enrolmentTokens(),
    revoke: (client, id) => client.revokeEnrolmentToken(id),
    columns: tokenColumns,
  });
  rulesCommand(group, cli);
}

function createCommand(group: Command, cli: Cli): void {
  group
    .command('create <name>')
    .description('make an enrolment token; prints the command to run on the endpoint')
    .option('--expires-in-hours <hours>', 'end of its life; left out: 7 days', wholeNumber(1, LONGEST_HOURS))
    .option('--no-end', 'it lives until it is revoked')
    .option('--maximum-uses <count>', 'how many endpoints may use it', wholeNumber(1, 1_000_000))
    .option('--label <key=value>', 'a label of what joins with it, or several', words)
    .option('--group <names>', 'groups of what joins with it', words)
    .option('--site <label>', 'where it stands')
    .option('--network <cidr>', 'only from these networks, like 10.2.0.0/16 or 2001:db8::/32', words)
    .option('--approve', 'what joins with it waits until somebody lets it in')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<CreateOptions & { end: boolean }>();
      const created = await connect(cli, options).createEnrolmentToken(requestOf(name, options, !options.end));
      if (options.json === true) return printJson(cli.terminal, created);
      cli.terminal.note('Run this on each machine that is to become an endpoint (the token is shown this once):');
      cli.terminal.out(created.command);
    });
}

function requestOf(name: string, options: CreateOptions, endless: boolean): CreateEnrolmentTokenRequest {
  const { expiresInHours, maximumUses, label, group, site, network, approve } = options;
  return {
    name,
    ...(endless ? { expiresInHours: null } : expiresInHours === undefined ? {} : { expiresInHours }),
    ...(maximumUses === undefined ? {} : { maximumUses }),
    ...(label === undefined ? {} : { labels: labelsOf(label) }),
    ...(group === undefined ? {} : { groups: [...group] }),
    ...(site === undefined ? {} : { site }),
    ...(network === undefined ? {} : { networks: [...network] }),
    ...(approve === undefined ? {} : { approve }),
  };
}

function rulesCommand(group: Command, cli: Cli): void {
  group
    .command('rules')
    .description('what holds for all enrolments, whatever their token says')
    .addOption(
      new Option('--approve <when>', 'whether everything that joins waits until somebody lets it in')
        .choices(['always', 'as-the-token-says'])
        .makeOptionMandatory(),
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { approve: string }>();
      const rules = await connect(cli, options).changeEnrolmentRules({
        approveEnrolments: options.approve === 'always',
      });
      if (options.json === true) return printJson(cli.terminal, rules);
      cli.terminal.note(
        rules.approveEnrolments
          ? 'Everything that joins waits until somebody lets it in.'
          : 'What joins waits only if its token says so.',
      );
    });
}

function tokenColumns(nowMs: number): readonly Column<EnrolmentToken>[] {
  return [
    { title: 'NAME', value: ({ name }) => printable(name), flexible: true, leastWidth: 12 },
    { title: 'ID', value: ({ id }) => id, dispensable: 3 },
    { title: 'MADE', value: ({ createdAt }) => formatAgo(createdAt, nowMs), dispensable: 2 },
    { title: 'ENDS', value: ({ expiresAt }) => (expiresAt === null ? 'never' : formatAgo(expiresAt, nowMs)) },
    {
      title: 'USED',
      value: ({ useCount, maximumUses }) => (maximumUses === null ? String(useCount) : `${useCount} of ${maximumUses}`),
      align: 'right',
    },
    { title: 'LAST USED', value: ({ lastUsedAt }) => formatAgo(lastUsedAt, nowMs), dispensable: 1 },
    { title: 'GIVES AND DEMANDS', value: (token) => printable(scopeOf(token)), flexible: true, leastWidth: 12 },
  ];
}

function scopeOf({ labels, groups, site, networks, approve }: EnrolmentToken): string {
  return [
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ...groups,
    ...(site === '' ? [] : [`site ${site}`]),
    ...networks.map((network) => `from ${network}`),
    ...(approve ? ['approval'] : []),
  ].join(', ');
}
