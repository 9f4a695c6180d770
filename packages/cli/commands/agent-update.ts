import { readFile } from 'node:fs/promises';
import { isSea } from 'node:sea';
import { createLog } from '@thimble/agent';
import { createLocalHost } from '@thimble/drivers';
import { Option, type Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError, usageError } from '../cli-error.ts';

interface UpdateFlags {
  readonly stateDir: string;
  readonly check?: boolean;
  readonly retry?: boolean;
  readonly trustRoot?: string;
  readonly settle?: boolean;
  readonly json?: boolean;
}

/** `thimble agent update`: the agent's own version on this machine. */
export function updateAgentCommand(
  agent: Command,
  cli: Cli,
  stateDirectory: () => Option,
  ending: (act: () => Promise<number>) => Promise<void>,
): void {
  agent
    .command('update')
    .description('look for a newer version of the agent itself, and switch to it')
    .option('--check', 'only look')
    .option('--retry', 'also a version that did not work here before')
    .option('--trust-root <file>', 'take updates from the repository with this root.json from now on')
    .addOption(new Option('--settle', 'what the guard of an update runs').hideHelp())
    .addOption(stateDirectory())
    .option('--json', 'print the result as JSON')
    .action((flags: UpdateFlags) => ending(() => update(cli, flags)));
}

async function update({ terminal }: Cli, flags: UpdateFlags): Promise<number> {
  const { settleUpdate, trustRoot, updateByHand } = await import('@thimble/agent/update');
  const host = createLocalHost();
  if (flags.trustRoot !== undefined) {
    const root = await readFile(flags.trustRoot).catch((error: Error) => {
      throw usageError(`${flags.trustRoot} can't be read: ${error.message}`);
    });
    await trustRoot(flags.stateDir, root);
    terminal.out(
      'This agent takes its own updates from the repository of that root, when its server says that it may.',
    );
    return 0;
  }
  if (!isSea()) {
    const hint = 'Update the checkout instead.';
    throw new CliError('not-a-single-file', 'only the agent’s single file updates itself', { hint });
  }
  const log = createLog((line) => terminal.note(line.trimEnd()), false);
  const options = { stateDirectory: flags.stateDir, host, log, program: process.execPath };
  if (flags.settle === true) {
    await settleUpdate(options);
    return 0;
  }
  const found = await updateByHand({ ...options, checkOnly: flags.check === true, retry: flags.retry === true });
  const { running, offered, trial } = found;
  if (flags.json === true) terminal.out(JSON.stringify(found));
  else {
    terminal.out(`Running: ${running}`);
    terminal.out(`Offered: ${offered ?? 'nothing for this machine'}`);
    if (trial !== null) terminal.out(`Version ${trial} has to prove itself by a check-in.`);
  }
  return 0;
}
