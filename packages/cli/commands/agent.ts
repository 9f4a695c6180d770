import {
  AgentError,
  type AgentOptions,
  answerReboot,
  createLog,
  type Log,
  agentStatus,
  canInstallService,
  DEFAULT_STATE_DIRECTORY,
  DEFAULT_TIMER_MINUTES,
  enroll,
  EXIT_CONFIGURATION,
  installService,
  launchNewest,
  removeService,
  rotateKey,
  runAgent,
  runOnce,
  unenroll,
  type ServiceMode,
} from '@thimble/agent';
import { createLocalHost, DEFAULT_SOFTWARE_FOLDERS, type Host } from '@thimble/drivers';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { isSea } from 'node:sea';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { agentTrustCommands } from './agent-trust.ts';
import { updateAgentCommand } from './agent-update.ts';

interface EnrollFlags {
  readonly server: string;
  readonly token: string;
  readonly caFingerprint?: string;
  readonly approvers?: string;
  readonly mode: ServiceMode;
  readonly every: number;
  readonly stateDir: string;
  readonly service: boolean;
  readonly force?: boolean;
  readonly template?: boolean;
  readonly json?: boolean;
}

/** The endpoint's side: `thimble agent ...`. */
export function agentCommands(program: Command, cli: Cli): void {
  const agent = program.command('agent').description('this machine as an endpoint: enrol, check in, take orders');
  agent
    .command('enroll')
    .alias('enrol')
    .description('introduce this machine to a server, and start the agent')
    .requiredOption('--server <url>', 'the server, https://...')
    .requiredOption('--token <token>', 'an enrolment token of that server')
    .option('--ca-fingerprint <sha256>', "the server's own CA; left out: the system's trust store decides")
    .option('--approvers <sha256>', 'the set of approvers to begin with; left out: the first that the server shows')
    .addOption(
      new Option('--mode <mode>', 'always running, or started by a timer')
        .choices(['service', 'timer'])
        .default('service'),
    )
    .option('--every <minutes>', 'with a timer: minutes between check-ins', minutes, DEFAULT_TIMER_MINUTES)
    .addOption(stateDirectory())
    .option('--no-service', 'only enrol, do not install the systemd units')
    .option('--force', 'leave an earlier enrolment')
    .option('--template', 'keep the token, so that copies of this machine enrol by themselves')
    .option('--json', 'print the result as JSON')
    .action((flags: EnrollFlags) => ending(cli, () => enrollHere(cli, flags)));
  agent
    .command('run')
    .description('run the agent until it is stopped (what the service does)')
    .addOption(stateDirectory())
    .addOption(new Option('--mode <mode>').choices(['service', 'embedded']).default('service').hideHelp())
    .addOption(refreshHours())
    .addOption(softwareFolders())
    .addOption(trialMinutes())
    .addOption(trialDisk())
    .addOption(trialMemory())
    .action((flags: RunFlags) => ending(cli, () => run(cli, flags)));
  agent
    .command('check-in')
    .description('check in once, and execute the orders that wait (what the timer does)')
    .addOption(stateDirectory())
    .addOption(refreshHours())
    .addOption(softwareFolders())
    .addOption(trialMinutes())
    .addOption(trialDisk())
    .addOption(trialMemory())
    .option('--json', 'print the result as JSON')
    .action((flags: RunFlags & { json?: boolean }) => ending(cli, () => checkIn(cli, flags)));
  agent
    .command('status')
    .description('who this endpoint is and what it does')
    .addOption(stateDirectory())
    .option('--json', 'print as JSON')
    .action((flags: { stateDir: string; json?: boolean }) => ending(cli, () => status(cli, flags)));
  agent
    .command('rotate-key')
    .description('give this endpoint a new key; the agent does so by itself from time to time')
    .addOption(stateDirectory())
    .option('--json', 'print the result as JSON')
    .action((flags: { stateDir: string; json?: boolean }) => ending(cli, () => rotate(cli, flags)));
  updateAgentCommand(agent, cli, stateDirectory, (act) => ending(cli, act));
  agentTrustCommands(agent, cli, stateDirectory, (act) => ending(cli, act));
  agent
    .command('reboot-now')
    .description('agree that this machine reboots, when it asks; as root or as somebody who is signed in')
    .action(() => ending(cli, () => answerTo(cli, 'now')));
  agent
    .command('reboot-defer <duration>')
    .description(
      'not before so long (15m, 30m, 1h, 2h, 4h, 8h, 1d, 2d, 3d, 7d), when this machine asks whether it may reboot',
    )
    .action((duration: string) => ending(cli, () => answerTo(cli, duration)));
  agent
    .command('unenroll')
    .alias('unenrol')
    .description('stop the agent and forget the enrolment')
    .addOption(stateDirectory())
    .action((flags: { stateDir: string }) => ending(cli, () => leave(cli, flags)));
}

interface RunFlags {
  readonly stateDir: string;
  readonly mode?: 'service' | 'embedded';
  readonly refreshHours?: number;
  readonly softwareFolders?: readonly string[];
  readonly trialMinutes?: number;
  readonly trialDiskMb?: number;
  readonly trialMemoryMb?: number;
}

async function enrollHere({ terminal }: Cli, flags: EnrollFlags): Promise<number> {
  const host = createLocalHost();
  const { identity, already, waiting, keyid } = await enroll({
    serverUrl: flags.server,
    token: flags.token,
    stateDirectory: flags.stateDir,
    ...(flags.caFingerprint === undefined ? {} : { caFingerprint: flags.caFingerprint }),
    ...(flags.approvers === undefined ? {} : { approversSha256: flags.approvers }),
    ...(flags.force === undefined ? {} : { force: flags.force }),
    ...(flags.template === undefined ? {} : { template: flags.template }),
  });
  let service = 'not wanted';
  let exposure: string | null = null;
  if (flags.service && canInstallService(host)) {
    const { mode, stateDir, every } = flags;
    const installed = await installService(host, {
      mode,
      command: ownCommand(),
      stateDirectory: stateDir,
      timerMinutes: every,
    });
    ({ exposure } = installed);
    service = mode;
  } else if (flags.service) service = 'not installed: that needs root and systemd';
  if (flags.json === true) {
    const { endpointId, organisationName: organisation, serverUrl: server } = identity;
    terminal.out(JSON.stringify({ endpointId, organisation, server, already, waiting, keyid, service, exposure }));
    return 0;
  }
  terminal.out(
    `${already ? 'Already enrolled' : 'Enrolled'} with ${identity.serverUrl} in ${identity.organisationName}.`,
  );
  terminal.out(`Endpoint ${identity.endpointId}`);
  terminal.out(`Fingerprint of its key ${keyid}`);
  if (waiting) terminal.out('It waits until somebody lets it in, who compares that fingerprint.');
  terminal.out(`Service: ${service}${exposure === null ? '' : ` (systemd-analyze security: ${exposure})`}`);
  return 0;
}

async function run(cli: Cli, { stateDir, mode = 'service', ...flags }: RunFlags): Promise<number> {
  const host = createLocalHost();
  const log = ownLog(cli);
  const launched = mode === 'service' ? await launchHere(cli, stateDir, host, log) : {};
  await runAgent({ stateDirectory: stateDir, mode, host, log, signal: cli.signal, ...launched, ...settingsOf(flags) });
  return 0;
}

async function checkIn(cli: Cli, { stateDir, json, ...flags }: RunFlags & { json?: boolean }): Promise<number> {
  const host = createLocalHost();
  const log = ownLog(cli);
  const result = await runOnce({
    stateDirectory: stateDir,
    mode: 'timer',
    host,
    log,
    signal: cli.signal,
    ...(await launchHere(cli, stateDir, host, log)),
    ...settingsOf(flags),
  });
  if (json === true) cli.terminal.out(JSON.stringify(result));
  return result.contacted || result.removed ? 0 : 1;
}

/** Only the single file, run by root, updates itself; what runs from a checkout is somebody's work. */
async function launchHere(
  { env }: Cli,
  stateDir: string,
  host: Host,
  log: Log,
): Promise<Pick<AgentOptions, 'launched'>> {
  if (!isSea() || !host.privileged) return {};
  return { launched: await launchNewest({ stateDirectory: stateDir, host, log, words: process.argv.slice(2), env }) };
}

function settingsOf({ refreshHours: hours, softwareFolders: folders, ...flags }: Omit<RunFlags, 'stateDir'>) {
  const { trialMinutes: minutesMax, trialDiskMb: diskMb, trialMemoryMb: memoryMb } = flags;
  return {
    ...(hours === undefined ? {} : { refreshHours: hours }),
    ...(folders === undefined ? {} : { softwareFolders: folders }),
    trialLimits: {
      ...(minutesMax === undefined ? {} : { deadlineSeconds: minutesMax * 60 }),
      ...(diskMb === undefined ? {} : { diskBytes: diskMb * BYTES_PER_MB }),
      ...(memoryMb === undefined ? {} : { memoryBytes: memoryMb * BYTES_PER_MB }),
    },
  };
}

const BYTES_PER_MB = 1024 * 1024;

async function status({ terminal }: Cli, { stateDir, json }: { stateDir: string; json?: boolean }): Promise<number> {
  const found = await agentStatus(stateDir);
  terminal.out(json === true ? JSON.stringify(found) : found.explanation);
  return found.enrolled ? 0 : 3;
}

async function rotate(cli: Cli, { stateDir, json }: { stateDir: string; json?: boolean }): Promise<number> {
  const rotated = await rotateKey({
    stateDirectory: stateDir,
    mode: 'timer',
    host: createLocalHost(),
    log: ownLog(cli),
  });
  if (json === true) cli.terminal.out(JSON.stringify(rotated));
  else if (rotated.kind === 'changed') cli.terminal.out(`Fingerprint of its key ${rotated.keyid}`);
  else cli.terminal.out('The agent that runs changes the key with its next check-in.');
  return 0;
}

async function answerTo({ terminal }: Cli, words: string): Promise<number> {
  const { reason, rebootsAt } = await answerReboot(createLocalHost(), process.getuid?.() ?? 0, words);
  terminal.out(`This machine has to be rebooted: ${reason}.`);
  if (words === 'now') terminal.out('It reboots within a minute, when everybody who is signed in has agreed, or root.');
  else terminal.out(`It asks again later. At ${rebootsAt} it reboots by itself, and warns before.`);
  return 0;
}

async function leave({ terminal }: Cli, { stateDir }: { stateDir: string }): Promise<number> {
  const host = createLocalHost();
  if (canInstallService(host) && stateDir === DEFAULT_STATE_DIRECTORY) await removeService(host);
  terminal.out((await unenroll(stateDir)) ? 'Unenrolled. Remove the endpoint on the server too.' : 'Not enrolled.');
  return 0;
}

/** The runner ends the process with this status, even while an installation is being watched. */
async function ending(cli: Cli, act: () => Promise<number>): Promise<void> {
  try {
    cli.exitWith(await act());
  } catch (error) {
    if (!(error instanceof AgentError) || !USELESS_TO_REPEAT.has(error.code)) throw error;
    throw new CliError(error.code, error.message, { exitCode: EXIT_CONFIGURATION, cause: error });
  }
}

/** systemd does not start the agent again after these: somebody has to act first. */
const USELESS_TO_REPEAT: ReadonlySet<string> = new Set([
  'not-enrolled',
  'state-damaged',
  'unsupported-system',
  'copied-machine',
]);

/** How to start this program again: the single file, or Node with the script. */
function ownCommand(): readonly string[] {
  const script = process.argv[1];
  return isSea() || script === undefined ? [process.execPath] : [process.execPath, script];
}

function ownLog({ terminal, env }: Cli): Log {
  return createLog((line) => terminal.note(line.trimEnd()), env['JOURNAL_STREAM'] !== undefined);
}

function stateDirectory(): Option {
  return new Option('--state-dir <folder>', 'where the agent keeps its state')
    .env('THIMBLE_AGENT_STATE')
    .default(DEFAULT_STATE_DIRECTORY);
}

function refreshHours(): Option {
  return new Option('--refresh-hours <hours>', 'hours between looks at the repositories')
    .env('THIMBLE_AGENT_REFRESH_HOURS')
    .argParser((text) => number(text, 1, 24 * 30));
}

function softwareFolders(): Option {
  return new Option(
    '--software-folders <folders>',
    'where installed language packages are looked for, with colons between',
  )
    .env('THIMBLE_AGENT_SOFTWARE_FOLDERS')
    .default(undefined, DEFAULT_SOFTWARE_FOLDERS.join(':'))
    .argParser(folderList);
}

function trialMinutes(): Option {
  return new Option('--trial-minutes <minutes>', 'what a trial may take here at most, whatever a policy allows')
    .env('THIMBLE_AGENT_TRIAL_MINUTES')
    .argParser((text) => number(text, 1, 240));
}

function trialDisk(): Option {
  return new Option('--trial-disk-mb <mb>', 'the same of the disk')
    .env('THIMBLE_AGENT_TRIAL_DISK_MB')
    .argParser((text) => number(text, 50, 1_000_000));
}

function trialMemory(): Option {
  return new Option('--trial-memory-mb <mb>', 'the same of memory')
    .env('THIMBLE_AGENT_TRIAL_MEMORY_MB')
    .argParser((text) => number(text, 64, 1_000_000));
}

function folderList(text: string): readonly string[] {
  const folders = text.split(':').filter((each) => each !== '');
  const wrong = folders.find((each) => !each.startsWith('/') || each === '/' || each.split('/').includes('..'));
  if (wrong !== undefined) throw new InvalidArgumentError(`${wrong} is no absolute path of a folder below /`);
  return folders;
}

function minutes(text: string): number {
  return number(text, 1, 24 * 60);
}

function number(text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed`);
  return value;
}
