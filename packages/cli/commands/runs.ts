import { writeFile } from 'node:fs/promises';
import type { CreateRunRequest, RunDetail } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Client, RunAction } from '../client/index.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, EXIT_CODE_HELP } from '../exit-codes.ts';
import { confirm, plural } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { resolveSnapshot } from './content-resolve.ts';
import { type ConnectionOptions, examples, withConnection, withJson, words } from './options.ts';
import { printJson } from './print.ts';
import { resolveEndpoints } from './resolve-endpoint.ts';
import { readSelection, type SelectionOptions } from './run-selection.ts';
import { runExitCode, runResultInWords, showRun, showRuns, showTargets } from './run-view.ts';
import { watchRun } from './watch-run.ts';

export function runsCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('runs'))).description(
    'Patch runs: endpoints plan, somebody approves the exact transactions, they are installed and verified.',
  );
  examples(group, [
    ['thimble runs create --security --endpoints all', 'let every endpoint plan its security updates'],
    ['thimble runs approve last', 'show the exact transactions, ask, install them'],
    ['thimble runs create --security --endpoints all --channel production', 'from what was promoted there'],
    ['thimble runs watch last', 'live progress; the exit code is the result'],
    ['thimble runs roll-back last --endpoints web-1', 'back to the versions before'],
  ]);
  group.addHelpText(
    'after',
    `\nA run’s id may be cut to its unique beginning or end; “last” is the newest run.\n${EXIT_CODE_HELP}`,
  );
  lookingCommands(group, cli);
  createCommand(group, cli);
  approveCommand(group, cli);
  for (const [action, description] of ACTIONS) actionCommand(group, cli, action, description);
}

const ACTIONS: readonly (readonly [RunAction, string])[] = [
  ['cancel', 'cancel what has not begun to install'],
  ['retry', 'order again what failed, was refused or cancelled'],
  ['roll-back', 'go back to the versions before, from the kept package files'],
  ['reboot', 'reboot the endpoints that wait for it, then verify'],
  ['restart-services', 'restart the services that still use old code, then verify'],
  ['trial', 'do what was planned on a throw-away copy of each endpoint, and tell what came of it'],
  ['pre-stage', 'fetch what was planned from a snapshot now, so that installing downloads nothing'],
];

type RunOptions = ConnectionOptions & {
  readonly wait?: boolean;
  readonly yes?: boolean;
  readonly endpoints?: readonly string[];
};

/** The run that a person means: whole id, unique beginning, or `last`. */
export async function resolveRun(client: Client, text: string): Promise<string> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  const { items } = await client.runs();
  const found =
    text === 'last'
      ? items.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).slice(0, 1)
      : items.filter(({ id }) => text.length > 2 && (id.startsWith(text) || id.endsWith(text)));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.id;
  throw new CliError(
    only === undefined ? 'unknown-run' : 'ambiguous-run',
    only === undefined
      ? `there is no run ${JSON.stringify(text)}`
      : `${found.length} runs begin or end with ${JSON.stringify(text)}`,
    { hint: 'The command `thimble runs` lists them.', exitCode: EXIT.usage },
  );
}

function lookingCommands(group: Command, cli: Cli): void {
  const { terminal } = cli;
  group
    .command('list', { isDefault: true })
    .description('list the runs, newest first')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<RunOptions>();
      const list = await connect(cli, options).runs();
      if (options.json === true) printJson(terminal, list);
      else if (list.items.length === 0) terminal.note('There is no run yet: see `thimble runs create --help`.');
      else showRuns(terminal, list.items, cli.now().getTime());
    });
  group
    .command('show <run>')
    .description('show one run: its transactions and how each endpoint stands')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<RunOptions>();
      const client = connect(cli, options);
      const run = await client.run(await resolveRun(client, text));
      if (options.json === true) printJson(terminal, run);
      else showRun(terminal, run);
    });
  group
    .command('watch <run>')
    .description('follow one run live until it rests; ends with its result as exit code')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<RunOptions>();
      const client = connect(cli, options);
      finish(cli, options, await watchRun(cli, client, await resolveRun(client, text), 'over'));
    });
  group
    .command('evidence <run>')
    .description('write everything that an auditor needs about one run, as JSON')
    .option('--output <file>', 'file to write; without it, standard output')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<RunOptions & { output?: string }>();
      const client = connect(cli, options);
      const evidence = await client.runEvidence(await resolveRun(client, text));
      if (options.output === undefined) return printJson(terminal, evidence);
      await writeFile(options.output, `${JSON.stringify(evidence, undefined, 2)}\n`).catch((cause: Error) => {
        throw new CliError('not-written', `${options.output} can't be written: ${cause.message}`, { cause });
      });
      terminal.note(
        `${plural(evidence.records.length, 'record')} and ${plural(evidence.envelopes.length, 'signed order')} are in ${options.output}.`,
      );
    });
}

function createCommand(group: Command, cli: Cli): void {
  group
    .command('create')
    .description('make a run: the chosen endpoints plan what they would do; nothing is changed before it is approved')
    .option('--security', 'security updates')
    .option('--all', 'all updates')
    .option('--package <name...>', 'updates of these packages (NAME, NAME:ARCHITECTURE or NAME=VERSION)', words)
    .requiredOption('--endpoints <names>', 'names or ids, separated by commas, or `all`', words)
    .option('--name <text>', 'what to call it')
    .option('--snapshot <snapshot>', 'install from this frozen state, not from each endpoint’s own repositories')
    .option('--channel <channel>', 'install from the snapshot that this channel points at now')
    .option('--wait', 'until every endpoint has planned, then show the transactions')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<
        RunOptions & SelectionOptions & ContentOptions & { name?: string; endpoints: readonly string[] }
      >();
      const selection = readSelection(options);
      const client = connect(cli, options);
      const everywhere = options.endpoints.length === 1 && options.endpoints[0] === 'all';
      const created = await client.createRun({
        endpoints: everywhere ? 'all' : (await resolveEndpoints(client, options.endpoints)).map(({ id }) => id),
        selection,
        ...(await contentOf(client, options)),
        ...(options.name === undefined ? {} : { name: options.name }),
      });
      const run = options.wait === true ? await watchRun(cli, client, created.summary.id, 'planned') : created;
      if (options.json === true) printJson(cli.terminal, run);
      else if (options.wait === true) showRun(cli.terminal, run);
      else cli.terminal.note(`Run ${run.summary.id}: ${run.summary.explanation}`);
      if (run.summary.state === 'awaiting-approval') {
        cli.terminal.note(`\nApprove with: thimble runs approve ${run.summary.id}`);
        cli.exitWith(EXIT.pending);
      } else if (run.summary.state === 'finished') cli.exitWith(runExitCode(run));
    });
}

interface ContentOptions {
  readonly snapshot?: string;
  readonly channel?: string;
}

async function contentOf(
  client: Client,
  { snapshot, channel }: ContentOptions,
): Promise<Pick<CreateRunRequest, 'content'>> {
  if (snapshot !== undefined && channel !== undefined)
    throw usageError('a run installs from one snapshot', 'Give --snapshot or --channel.');
  if (channel !== undefined) return { content: { channel } };
  return snapshot === undefined ? {} : { content: { snapshotId: (await resolveSnapshot(client, snapshot)).id } };
}

function approveCommand(group: Command, cli: Cli): void {
  const { terminal } = cli;
  group
    .command('approve <run>')
    .description('show the exact transactions, ask, and let the endpoints install them')
    .option('--yes', 'do not ask')
    .option(
      '--no-restart-services',
      'leave running what still uses replaced code; the endpoint then waits for a restart',
    )
    .option('--wait', 'follow it until it rests; ends with the result as exit code')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<RunOptions & { restartServices: boolean }>();
      const client = connect(cli, options);
      const id = await resolveRun(client, text);
      const run = await watchRun(cli, client, id, 'planned');
      if (run.summary.state !== 'awaiting-approval')
        throw new CliError('nothing-to-approve', `nothing is to be approved: ${run.summary.explanation}`, {
          exitCode: run.summary.state === 'finished' ? runExitCode(run) : EXIT.failure,
        });
      if (options.json !== true) showRun(terminal, run);
      if (options.yes !== true) {
        if (!terminal.interactive)
          throw new CliError('not-confirmed', 'an approval has to be confirmed', {
            hint: 'Look at the transactions above, then add --yes.',
            exitCode: EXIT.pending,
          });
        const count = run.groups.reduce((sum, { endpointIds }) => sum + endpointIds.length, 0);
        if (!(await confirm(terminal, `\nInstall exactly this on ${plural(count, 'endpoint')}?`, cli.signal)))
          throw new CliError('not-confirmed', 'nothing was approved', { exitCode: EXIT.pending });
      }
      const approved = await client.approveRun(id, {
        transactionDigests: run.groups.map(({ transactionDigest }) => transactionDigest),
        restartServices: options.restartServices,
      });
      if (options.wait === true) finish(cli, options, await watchRun(cli, client, id, 'over'));
      else if (options.json === true) printJson(terminal, approved);
      else terminal.note(`Approved. Follow it with: thimble runs watch ${id}`);
    });
}

function actionCommand(group: Command, cli: Cli, action: RunAction, description: string): void {
  group
    .command(`${action} <run>`)
    .description(description)
    .option('--endpoints <names>', 'only these; without it, all to which it applies', words)
    .option('--wait', 'follow it until it rests; ends with the result as exit code')
    .action(async (text: string, _, command: Command) => {
      const options = command.optsWithGlobals<RunOptions>();
      const client = connect(cli, options);
      const id = await resolveRun(client, text);
      const endpoints =
        options.endpoints === undefined
          ? undefined
          : (await resolveEndpoints(client, options.endpoints)).map((endpoint) => endpoint.id);
      const run = await client.actOnRun(id, action, endpoints);
      if (options.wait === true) finish(cli, options, await watchRun(cli, client, id, 'over'));
      else if (options.json === true) printJson(cli.terminal, run);
      else showTargets(cli.terminal, run.targets);
    });
}

function finish(cli: Cli, options: RunOptions, run: RunDetail): void {
  if (options.json === true) printJson(cli.terminal, run);
  else {
    showTargets(cli.terminal, run.targets);
    cli.terminal.note(`\n${runResultInWords(run)}`);
  }
  cli.exitWith(runExitCode(run));
}
