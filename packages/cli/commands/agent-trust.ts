import { readFile, stat } from 'node:fs/promises';
import {
  AgentError,
  pinApprovers,
  pinApproverSet,
  resetTrust,
  SERVICE_UNIT,
  TIMER_UNIT,
  trustReport,
  type TrustReport,
} from '@thimble/agent';
import type { Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError, usageError } from '../cli-error.ts';
import { ofThemByKeyFile } from './approvals/statement-view.ts';

type Ending = (act: () => Promise<number>) => Promise<void>;

/** `thimble agent trust`: whom this machine believes, and root's own word against it. */
export function agentTrustCommands(
  agent: Command,
  { terminal }: Cli,
  stateDirectory: () => Option,
  ending: Ending,
): void {
  const trust = agent.command('trust').description('whom this endpoint believes: approvers, order keys, stops');
  trust
    .command('show', { isDefault: true })
    .description('approvers and order keys by fingerprint, what is stopped, what was refused')
    .addOption(stateDirectory())
    .option('--json', 'print as JSON')
    .action((flags: { stateDir: string; json?: boolean }) =>
      ending(async () => {
        const report = await trustReport(flags.stateDir, Date.now());
        terminal.out(flags.json === true ? JSON.stringify(report) : inWords(report).join('\n'));
        return 0;
      }),
    );
  trust
    .command('approvers')
    .description('the set of approvers that this endpoint begins with')
    .command('pin <file-or-sha256>')
    .description('believe this set from now on, whatever was believed before (the agent must be stopped)')
    .addOption(stateDirectory())
    .addHelpText('after', PIN_EXAMPLES)
    .action((what: string, { stateDir }: { stateDir: string }) =>
      ending(async () => {
        terminal.out(await stopped(() => pin(stateDir, what)));
        return 0;
      }),
    );
  trust
    .command('reset')
    .description(
      'forget approvers, stops and later order keys; the next check-in begins anew (the agent must be stopped)',
    )
    .requiredOption('--yes', 'yes: what the server shows next is believed')
    .addOption(stateDirectory())
    .action(({ stateDir }: { stateDir: string }) =>
      ending(async () => {
        await stopped(() => resetTrust(stateDir));
        terminal.out('Forgotten. The first set of approvers that the server shows is taken.');
        return 0;
      }),
    );
}

const PIN_EXAMPLES = `
Examples:
  systemctl stop thimble-agent
  thimble agent trust approvers pin 3f1c…e09a       the SHA-256 of the set, from somebody whom you trust
  thimble agent trust approvers pin approvers.json  the set itself, which then holds at once
  systemctl start thimble-agent`;

/** An agent that runs would write what it believes over it: says how it is stopped. */
async function stopped<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof AgentError) || error.code !== 'already-running') throw error;
    const hint = `Stop it, and start it again afterwards: systemctl stop ${SERVICE_UNIT} ${TIMER_UNIT}`;
    throw new CliError(error.code, error.message, { hint, cause: error });
  }
}

/** A set has a few kilobytes; its largest has a few megabytes. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

async function pin(stateDir: string, what: string): Promise<string> {
  if (/^[0-9a-f:\s]{64,}$/i.test(what)) {
    await pinApprovers(stateDir, what);
    return 'Pinned. Until the server shows that set, nothing that needs approvers is done here.';
  }
  const found = await stat(what).catch((error: Error) => {
    throw usageError(`${what} can't be read, and is no SHA-256: ${error.message}`);
  });
  if (found.size > MAX_FILE_BYTES)
    throw new CliError('too-large', `${what} has ${found.size} bytes: this is no set of approvers`);
  const sha256 = await pinApproverSet(stateDir, await readFile(what));
  return `Pinned, and it holds from now on. SHA-256 ${grouped(sha256)}`;
}

function inWords(report: TrustReport): readonly string[] {
  const { approvers, orderKeys, halted, lastSignedTime, staleTime } = report;
  const counts = Object.entries(report.refused).map(([code, count]) => `${count} ${code}`);
  return [
    demandInWords(report),
    ...(approvers === null
      ? []
      : [
          `Set:         version ${approvers.version}, SHA-256 ${grouped(approvers.sha256)}`,
          ...approvers.people.flatMap(personInWords),
        ]),
    ...orderKeys.keyids.map((keyid) => `Order key:   ${grouped(keyid)} (list ${orderKeys.sequence})`),
    `Stopped:     ${halted ?? 'no'}`,
    `Signed time: ${lastSignedTime ?? 'none heard yet'}${staleTime === null ? '' : `; ${staleTime}`}`,
    `Refused:     ${counts.length === 0 ? 'nothing' : counts.join(', ')}`,
  ];
}

function demandInWords({ demandedSignatures: demanded, approvers, pinnedSha256 }: TrustReport): string {
  if (demanded === null) return `Approvers:   pinned, not shown by the server yet: ${grouped(pinnedSha256 ?? '')}`;
  if (demanded === 0) return 'Approvers:   nobody has to sign besides the server';
  const byFile = ofThemByKeyFile(approvers ?? {});
  return `Approvers:   ${demanded} of ${approvers?.people.length ?? 0} have to sign what changes this machine${byFile}`;
}

function personInWords({ name, keys }: NonNullable<TrustReport['approvers']>['people'][number]): readonly string[] {
  return keys.map(({ kind, keyid }) => `  ${name}, ${kind === 'file' ? 'key file' : 'passkey'}: ${grouped(keyid)}`);
}

/** In groups of four, as people compare them. */
function grouped(sha256: string): string {
  return sha256.replaceAll(/(.{4})(?=.)/g, '$1 ');
}
