import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PolicyDocument, SimulateReply, SimulateRequest, WhatIf } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import { CliError, usageError } from '../../cli-error.ts';
import type { Cli } from '../../cli.ts';
import type { Client } from '../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { connect } from '../connection.ts';
import { beginningOf } from '../moment.ts';
import { type ConnectionOptions, examples, wholeNumber, withConnection, withJson } from '../options.ts';
import { readPolicyFiles } from '../policies/policy-files.ts';
import { showProblems } from '../policies/policy-view.ts';
import { resolvePolicy } from '../policies/resolve-policy.ts';
import { printJson } from '../print.ts';
import { simulateLocally } from './local-simulation.ts';
import { showSimulation } from './simulation-view.ts';
import { whatIfOf } from './what-if.ts';

/** How often the server is asked how far it is. */
const POLL_MS = 500;
const MOST_DAYS = 365;
const LIVE = 'live';
const PRESENT = 'present';

interface SimulateOptions extends ConnectionOptions {
  readonly policy?: readonly string[];
  readonly fleet: string;
  readonly days: number;
  readonly start?: string;
  readonly faults?: number;
  readonly updatesPerWeek?: number;
  readonly whatIf?: readonly WhatIf[];
  readonly compare?: string;
}

/** `thimble simulate`: the coming weeks, computed by the planner itself, before anyone presses start. */
export function simulateCommand(program: Command, cli: Cli): void {
  const command = withConnection(withJson(program.command('simulate')))
    .description(
      'The coming weeks, computed by the planner itself: who gets what when, and which deadlines can’t hold.',
    )
    .option('--policy <policy>', 'a file, or the name of a policy; may be repeated with a fleet in a file', collect)
    .option('--fleet <fleet>', '`live`: the server’s endpoints and what they lack now; or a file', LIVE)
    .option('--days <number>', 'how far', wholeNumber(1, MOST_DAYS), 30)
    .addOption(new Option('--start <moment>', 'from then on; without it: now').argParser(beginningOf))
    .option('--faults <seed>', 'let things fail and endpoints be off, by this number', wholeNumber(0, 2 ** 32 - 1))
    .option('--updates-per-week <number>', 'made-up updates besides those that are pending', wholeNumber(0, 500))
    .addOption(
      new Option('--what-if <event>', 'assume: kev:PACKAGE@DATE, update:PACKAGE@DATE[:SEVERITY][:PERCENT%]').argParser(
        whatIfOf,
      ),
    )
    .option('--compare <policy>', 'with another file, or with `present`: the policies as they are on the server');
  examples(command, [
    ['thimble simulate --days 60', 'all policies as they are'],
    ['thimble simulate --policy servers.yaml --compare present', 'what a draft would change'],
    ['thimble simulate --policy servers.yaml --fleet fleet.json --faults 7', 'without a server, with failures'],
    ['thimble simulate --what-if kev:openssl@2026-12-07', 'openssl is exploited from that Monday on'],
  ]);
  command.addHelpText('after', '\nExit codes: 0 every deadline holds · 6 some can’t · 2 wrong usage · 1 failed');
  command.action(async (_, given: Command) => {
    const options = given.optsWithGlobals<SimulateOptions>();
    const reply = options.fleet === LIVE ? await onServer(cli, options) : await locally(cli, options);
    if (options.json === true) printJson(cli.terminal, reply);
    else showSimulation(cli.terminal, reply);
    if (reply.result.misses.total > 0) cli.exitWith(EXIT.found);
  });
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function assumptionsOf({
  days,
  start,
  faults,
  updatesPerWeek,
  whatIf,
}: SimulateOptions): Pick<SimulateRequest, 'days' | 'startAt' | 'faultsSeed' | 'updatesPerWeek' | 'whatIf'> {
  return {
    days,
    ...(start === undefined ? {} : { startAt: start }),
    ...(faults === undefined ? {} : { faultsSeed: faults }),
    ...(updatesPerWeek === undefined ? {} : { updatesPerWeek }),
    ...(whatIf === undefined ? {} : { whatIf: [...whatIf] }),
  };
}

async function locally(cli: Cli, options: SimulateOptions): Promise<SimulateReply> {
  const { policy, compare, fleet } = options;
  if (policy === undefined) throw usageError('a fleet in a file needs policies', 'Give them with --policy FILE.');
  if (compare === PRESENT) throw usageError('--compare present is for the live fleet', 'Give a file to compare with.');
  return simulateLocally(cli, { fleet, policies: policy, compareWith: compare, assumptions: assumptionsOf(options) });
}

async function onServer(cli: Cli, options: SimulateOptions): Promise<SimulateReply> {
  const client = connect(cli, options);
  const [policy, ...others] = options.policy ?? [];
  if (others.length > 0) throw usageError('the live fleet takes one draft at a time', 'Apply the others first.');
  const { compare } = options;
  if (compare === PRESENT && policy === undefined)
    throw usageError('the present is compared with itself', 'Give a draft with --policy FILE.');
  const job = await client.createSimulation({
    ...assumptionsOf(options),
    ...(policy === undefined ? {} : await chosen(cli, client, policy)),
    ...(compare === undefined
      ? {}
      : { compareWith: compare === PRESENT ? compare : await draftOf(cli, client, compare) }),
  });
  return finished(cli, client, job.id);
}

async function chosen(
  cli: Cli,
  client: Client,
  policy: string,
): Promise<Pick<SimulateRequest, 'policy' | 'policyName'>> {
  return (await isFile(policy))
    ? { policy: await draftOf(cli, client, policy) }
    : { policyName: (await resolvePolicy(client, policy)).name };
}

async function draftOf({ terminal }: Cli, client: Client, file: string): Promise<PolicyDocument> {
  const [read] = await readPolicyFiles([file]);
  const { document, problems, warnings } = await client.validatePolicy(read?.text ?? '');
  showProblems(terminal, file, problems, warnings);
  if (document === null) throw new CliError('policy-invalid', `${file} is no valid policy`);
  return document;
}

/** Also a pipe: `--policy <(git show main:servers.yaml)`. */
async function isFile(path: string): Promise<boolean> {
  return (
    path === '-' ||
    (await stat(path).then(
      (found) => !found.isDirectory(),
      () => false,
    ))
  );
}

/** Waits for the job, and ends it when the person does. */
async function finished(cli: Cli, client: Client, id: string): Promise<SimulateReply> {
  try {
    for (;;) {
      const { state, percent, error, reply } = await client.simulation(id);
      if (reply !== null) return reply;
      if (state !== 'running') throw new CliError('not-simulated', error ?? `the simulation was ${state}`);
      cli.terminal.status(`simulates ${percent} %`);
      await sleep(POLL_MS, undefined, { signal: cli.signal }).catch(() => undefined);
      if (cli.signal.aborted) {
        await client.cancelSimulation(id);
        throw new CliError('interrupted', 'the simulation is ended', { exitCode: EXIT.interrupted });
      }
    }
  } finally {
    cli.terminal.status('');
  }
}
