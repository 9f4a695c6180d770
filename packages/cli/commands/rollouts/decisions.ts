import { type Command, Option } from 'commander';
import type { Cli } from '../../cli.ts';
import { CliError } from '../../cli-error.ts';
import type { Client, RolloutDecision } from '../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { confirm, printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { momentOf } from '../moment.ts';
import { type ConnectionOptions, words } from '../options.ts';
import { printJson } from '../print.ts';
import { resolveEndpoints } from '../resolve-endpoint.ts';
import { resolveRollout } from './resolve-rollout.ts';
import { paintRollout } from './rollout-view.ts';

interface DecisionOptions extends ConnectionOptions {
  readonly ring?: string;
  readonly endpoints?: readonly string[];
  readonly reason?: string;
  readonly until?: string;
  readonly yes?: boolean;
}

interface Decision {
  readonly name: RolloutDecision;
  readonly words: string;
  /** Which options it has. */
  readonly ring?: 'may' | 'must';
  readonly endpoints?: 'may' | 'must';
  readonly reason?: true;
  readonly until?: true;
  /** What is asked before it is done; left out: it can be undone, so nothing is asked. */
  readonly question?: string;
}

const DECISIONS: readonly Decision[] = [
  { name: 'approve', words: 'approve it, or with --ring that the next ring may begin', ring: 'may' },
  { name: 'halt', words: 'let nothing more begin; what is under way ends as it would', reason: true },
  { name: 'resume', words: 'go on after a halt' },
  {
    name: 'skip-gate',
    words: 'let a ring pass although its gate does not',
    ring: 'must',
    reason: true,
    question: 'Let the next ring begin although this gate is not passed?',
  },
  {
    name: 'roll-back',
    words: 'go back to the versions before: everything, a ring, or some endpoints',
    ring: 'may',
    endpoints: 'may',
    reason: true,
    question: 'Go back to the versions before?',
  },
  {
    name: 'cancel',
    words: 'end it: what has not begun never will; what is done stays',
    question: 'End this rollout for good?',
  },
  { name: 'retry', words: 'try again what failed', endpoints: 'may' },
  {
    name: 'hold',
    words: 'leave some endpoints alone until they are released',
    endpoints: 'must',
    reason: true,
    until: true,
  },
  { name: 'release', words: 'let held endpoints go on', endpoints: 'must' },
  {
    name: 'block',
    words: 'recall, for the whole fleet, the package versions that failed endpoints installed',
    ring: 'may',
    reason: true,
    question: 'Recall these package versions on the whole fleet?',
  },
];

/** What a person can decide about a rollout. */
export function decisionCommands(group: Command, cli: Cli): void {
  for (const decision of DECISIONS) decisionCommand(group, cli, decision);
}

function decisionCommand(group: Command, cli: Cli, decision: Decision): void {
  const command = group.command(`${decision.name} <rollout>`).description(decision.words);
  option(command, decision.ring, '--ring <name>', 'which ring');
  option(command, decision.endpoints, '--endpoints <names>', 'names or ids, separated by commas', words);
  if (decision.reason === true) command.requiredOption('--reason <text>', 'why, for whoever asks later');
  if (decision.until === true)
    command.addOption(new Option('--until <moment>', 'without it: until somebody releases them').argParser(momentOf));
  if (decision.question !== undefined) command.option('--yes', 'do not ask');
  command.action(async (text: string, _, given: Command) => {
    const options = given.optsWithGlobals<DecisionOptions>();
    const client = connect(cli, options);
    const { id, name } = await resolveRollout(client, text);
    if (!(await isMeant(cli, decision, options, name))) return cli.exitWith(EXIT.pending);
    const detail = await client.decideOnRollout(id, decision.name, await bodyOf(client, options));
    if (options.json === true) return printJson(cli.terminal, detail);
    const { state, explanation } = detail.summary;
    cli.terminal.note(`${printable(name)}: ${paintRollout(cli.terminal, state)}: ${printable(explanation)}`);
  });
}

function option(
  command: Command,
  need: 'may' | 'must' | undefined,
  flags: string,
  description: string,
  parse?: (text: string, before?: readonly string[]) => readonly string[],
): void {
  if (need === undefined) return;
  const made = new Option(flags, description).makeOptionMandatory(need === 'must');
  command.addOption(parse === undefined ? made : made.argParser(parse));
}

async function isMeant(cli: Cli, { question }: Decision, { yes }: DecisionOptions, name: string): Promise<boolean> {
  if (question === undefined || yes === true) return true;
  if (!cli.terminal.interactive)
    throw new CliError('not-confirmed', 'this has to be confirmed', { hint: 'Add --yes.', exitCode: EXIT.pending });
  return confirm(cli.terminal, `${printable(name)}: ${question}`, cli.signal);
}

async function bodyOf(client: Client, { ring, endpoints, reason, until }: DecisionOptions): Promise<object> {
  return {
    ...(ring === undefined ? {} : { ring }),
    ...(endpoints === undefined ? {} : { endpoints: (await resolveEndpoints(client, endpoints)).map(({ id }) => id) }),
    ...(reason === undefined ? {} : { reason }),
    ...(until === undefined ? {} : { until }),
  };
}
