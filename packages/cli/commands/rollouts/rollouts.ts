import { type Command, Option } from 'commander';
import type { Cli } from '../../cli.ts';
import { EXIT, EXIT_CODE_HELP } from '../../exit-codes.ts';
import { formatAgo, plural, printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { resolveSnapshot } from '../content-resolve.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from '../options.ts';
import { resolvePolicy } from '../policies/resolve-policy.ts';
import { printJson, printTable } from '../print.ts';
import { decisionCommands } from './decisions.ts';
import { allMembers } from './members.ts';
import { resolveRollout } from './resolve-rollout.ts';
import { rolloutExitCode, showMembers, showRollout, showRollouts } from './rollout-view.ts';
import { watchRollout } from './watch-rollout.ts';

export function rolloutsCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('rollouts'))).description(
    'Policies at work: rings, gates, windows; what waits and why; halt, resume, roll back.',
  );
  examples(group, [
    ['thimble rollouts start servers-weekly', 'begin now what the policy says'],
    ['thimble rollouts watch last', 'live; the exit code is the result'],
    ['thimble rollouts members last --outcome failed', 'which endpoints, and why'],
    ['thimble rollouts halt last --reason "tickets"', 'nothing more begins'],
    ['thimble rollouts roll-back last --ring canary --reason "mail broke"', 'back to the versions before'],
  ]);
  group.addHelpText(
    'after',
    `\nA rollout’s id may be cut to its unique beginning or end; “last” is the newest one.\n${EXIT_CODE_HELP}`,
  );
  startCommand(group, cli);
  lookingCommands(group, cli);
  decisionCommands(group, cli);
}

function startCommand(group: Command, cli: Cli): void {
  group
    .command('start <policy>')
    .description('begin a rollout of what the policy selects, on whoever follows it')
    .option('--name <text>', 'what to call it')
    .option('--snapshot <snapshot>', 'this frozen state, instead of what the policy says')
    .option('--watch', 'follow it until it is over')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<
        ConnectionOptions & { name?: string; snapshot?: string; watch?: boolean }
      >();
      const client = connect(cli, options);
      const policy = await resolvePolicy(client, text);
      const { name, snapshot } = options;
      const started = await client.startRollout({
        policyId: policy.id,
        ...(name === undefined ? {} : { name }),
        ...(snapshot === undefined ? {} : { snapshotId: (await resolveSnapshot(client, snapshot)).id }),
      });
      const detail = options.watch === true ? await watchRollout(cli, client, started.summary.id) : started;
      if (options.json === true) printJson(cli.terminal, detail);
      else showRollout(cli, detail);
      if (options.watch === true) cli.exitWith(rolloutExitCode(detail.summary.state));
    });
}

function lookingCommands(group: Command, cli: Cli): void {
  const { terminal } = cli;
  group
    .command('list', { isDefault: true })
    .description('list them, newest first')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).rollouts();
      if (options.json === true) printJson(terminal, list);
      else if (list.items.length === 0) terminal.note('There is none yet: thimble rollouts start POLICY begins one.');
      else showRollouts(cli, list.items);
    });
  group
    .command('show <rollout>')
    .description('show one: its rings and gates, patches and deadlines, what happened')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const detail = await client.rollout((await resolveRollout(client, text)).id);
      if (options.json === true) printJson(terminal, detail);
      else showRollout(cli, detail);
    });
  group
    .command('watch <rollout>')
    .description('follow one live until it is over or waits for somebody; ends with its result as exit code')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const detail = await watchRollout(cli, client, (await resolveRollout(client, text)).id);
      if (options.json === true) printJson(terminal, detail);
      else showRollout(cli, detail);
      cli.exitWith(rolloutExitCode(detail.summary.state));
    });
  group
    .command('members <rollout>')
    .description('list its endpoints: how far each is, what it waits for, until when')
    .option('--ring <name>', 'only this ring')
    .addOption(
      new Option('--outcome <outcome>', 'only these').choices([
        'done',
        'busy',
        'failed',
        'waiting',
        'offline',
        'left-out',
      ]),
    )
    .option('--search <text>', 'only host names with this in them')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<
        ConnectionOptions & { ring?: string; outcome?: string; search?: string }
      >();
      const client = connect(cli, options);
      const { ring, outcome, search } = options;
      const members = await allMembers(client, (await resolveRollout(client, text)).id, {
        ...(ring === undefined ? {} : { ring }),
        ...(outcome === undefined ? {} : { outcome }),
        ...(search === undefined ? {} : { search }),
      });
      if (options.json === true) return printJson(terminal, { items: members, total: members.length });
      if (members.length === 0) terminal.note('None of its endpoints is so.');
      else showMembers(cli, members);
      if (members.some((member) => member.outcome === 'failed')) cli.exitWith(EXIT.failure);
    });
  group
    .command('plans <rollout>')
    .description('list the plans that were followed, newest first: each with what it changed')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const list = await client.rolloutPlans((await resolveRollout(client, text)).id);
      if (options.json === true) return printJson(terminal, list);
      const nowMs = cli.now().getTime();
      printTable(
        terminal,
        [
          { title: 'PLAN', value: ({ number }) => String(number), align: 'right' },
          { title: 'MADE', value: ({ madeAt }) => formatAgo(madeAt, nowMs) },
          { title: 'CHANGED', value: ({ changedCount }) => plural(changedCount, 'endpoint') },
          { title: 'DID', value: ({ actions }) => printable(actions.join('; ') || '-'), flexible: true },
          { title: 'DIGEST', value: ({ sha256 }) => sha256.slice(0, 12), dispensable: 1 },
        ],
        list.items,
      );
    });
}
