import type { OutcomeResult, Selection, Verification } from '@thimble/protocol';
import { CliError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { printJson } from '../commands/print.ts';
import { readSelection, selectionInWords } from '../commands/run-selection.ts';
import { EXIT } from '../exit-codes.ts';
import { confirm, formatDuration, listing } from '../terminal/index.ts';
import { transactionLines } from '../transaction-view.ts';
import { type Machine, openMachine } from './machine.ts';
import { newlyFailed, outcomeExitCode, showOutcome, showVerification, verificationExitCode } from './outcome-view.ts';
import type { PatchConfig } from './patch-config.ts';
import type { PatchOptions } from './patch-options.ts';
import type { PatchOrder } from './patch-order.ts';
import { changedSomething } from './patcher.ts';
import { readPatchConfig } from './timer.ts';

const EVERYTHING: Selection = { kind: 'all' };

/** `thimble patch`: what would change. Ends with 3 when something would. */
export async function showPlan(cli: Cli, options: PatchOptions): Promise<void> {
  const selection = readSelection(options, EVERYTHING);
  await withMachine(cli, options, false, async ({ patcher, reporter }) => {
    const plan = await patcher.plan(selection);
    reporter.end();
    conclude(cli, options, plan);
    if (options.json === true || plan.kind !== 'planned') return;
    for (const line of transactionLines(cli.terminal, plan.transaction)) cli.terminal.out(line);
    if (plan.transaction.changes.length === 0) return;
    const flag = selection.kind === 'security' ? ' --security' : '';
    cli.terminal.note(
      `\nNothing was changed. Install it with: ${cli.uid === 0 ? '' : 'sudo '}thimble patch --apply${flag}`,
    );
  });
}

/** `thimble patch --apply`: first what an earlier run left unfinished, then the plan, the question, and exactly the plan. */
export async function applyUpdates(cli: Cli, options: PatchOptions): Promise<void> {
  const { terminal } = cli;
  await withMachine(cli, options, true, async (machine) => {
    const { patcher, reporter, host } = machine;
    const config = options.unattended === true ? await readPatchConfig(host) : undefined;
    const selection = readSelection(options, config === undefined ? EVERYTHING : { kind: config.updates });
    const interrupted = await patcher.finishInterrupted();
    reporter.end();
    for (const order of interrupted) reportInterrupted(cli, options, order);

    const plan = await patcher.plan(selection);
    reporter.end();
    if (plan.kind !== 'planned') return conclude(cli, options, plan);
    const { transaction } = plan;
    if (options.json !== true) for (const line of transactionLines(terminal, transaction)) terminal.out(line);
    if (transaction.changes.length === 0) return await settleOldCode(cli, options, machine);
    if (options.unattended !== true && options.yes !== true && terminal.interactive)
      if (!(await confirm(terminal, `\nInstall these ${selectionInWords(selection)}?`, cli.signal)))
        throw new CliError('not-confirmed', 'nothing was changed', { exitCode: EXIT.pending });
    terminal.note('');
    const order = await patcher.apply({
      selection,
      transaction,
      restartServices: options.restartServices && (config?.restartServices ?? true),
      unattended: options.unattended === true,
    });
    reporter.end();
    conclude(cli, options, order.result);
    if (options.json !== true) tellTime(cli, order);
    if (config !== undefined) await afterUnattended(cli, options, machine, order, config);
  });
}

/** `thimble patch --rollback`: the versions before an order, from the package files that were kept. */
export async function rollBackOrder(cli: Cli, options: PatchOptions, which: string): Promise<void> {
  const { terminal } = cli;
  await withMachine(cli, options, true, async ({ patcher, journal, reporter }) => {
    await patcher.finishInterrupted();
    reporter.end();
    const orders = await journal.list();
    const order = pickOrder(orders, which);
    if (options.json !== true) {
      terminal.note(`Back to the versions before ${order.startedAt}:`);
      for (const { name, from, to } of order.transaction.changes)
        terminal.out(`  ${name}  ${to ?? 'removed'} → ${from ?? 'removed'}`);
    }
    if (options.yes !== true && options.unattended !== true && terminal.interactive)
      if (!(await confirm(terminal, '\nGo back?', cli.signal)))
        throw new CliError('not-confirmed', 'nothing was changed', { exitCode: EXIT.pending });
    const undone = await patcher.rollBack(order, options.unattended === true);
    reporter.end();
    if ('missing' in undone)
      throw new CliError('no-rollback-files', `no package file was kept of ${listing(undone.missing, 10)}`, {
        exitCode: EXIT.refused,
      });
    conclude(cli, options, undone.result);
    if (options.json !== true) tellTime(cli, undone);
  });
}

async function withMachine(
  cli: Cli,
  options: PatchOptions,
  change: boolean,
  use: (machine: Machine) => Promise<void>,
): Promise<void> {
  const machine = await openMachine(cli, { change, quiet: options.json === true });
  try {
    await use(machine);
  } finally {
    await machine.close();
  }
}

/** Shows how something ended and lets the command end likewise. */
function conclude(cli: Cli, options: PatchOptions, result: OutcomeResult | null): void {
  if (result === null) throw new Error('an order that was carried out has an outcome');
  if (options.json === true) printJson(cli.terminal, result);
  else showOutcome(cli.terminal, result);
  cli.exitWith(outcomeExitCode(result));
}

function reportInterrupted(cli: Cli, options: PatchOptions, order: PatchOrder): void {
  cli.terminal.note(`An installation of ${order.startedAt} had been interrupted and is finished now:`);
  if (options.json !== true && order.result !== null) showOutcome(cli.terminal, order.result);
}

/** Nothing is to be installed, but earlier updates (of whoever) may not be effective: then this is what is left to do. */
async function settleOldCode(cli: Cli, options: PatchOptions, { patcher, reporter }: Machine): Promise<void> {
  let verification: Verification = await patcher.verify([]);
  // Nothing was done here, so what has failed had failed before.
  if (verification.failedUnitsAfter.length > 0) verification = await patcher.verify(verification.failedUnitsAfter);
  if (options.restartServices && verification.waits.some(({ kind }) => kind === 'service-restart'))
    verification = await patcher.restartServices();
  reporter.end();
  const result: OutcomeResult = { kind: 'applied', verification, kept: [], rollbackGaps: [], resumed: false };
  if (options.json === true) printJson(cli.terminal, result);
  else showVerification(cli.terminal, verification);
  cli.exitWith(verificationExitCode(verification));
}

/** What nobody is there to decide: go back when something has failed, reboot where that was asked for. */
async function afterUnattended(
  cli: Cli,
  options: PatchOptions,
  { patcher, reporter, host, driver }: Machine,
  order: PatchOrder,
  config: PatchConfig,
): Promise<void> {
  const { result } = order;
  const verification = result?.kind === 'applied' || result?.kind === 'failed' ? result.verification : null;
  const failed = verification === null ? [] : newlyFailed(verification);
  if (failed.length > 0 && config.rollBack) {
    cli.terminal.note(`${listing(failed)} failed: going back to the versions before.`);
    const undone = await patcher.rollBack(order, true);
    reporter.end();
    if ('missing' in undone)
      cli.terminal.note(`Not possible: no package file was kept of ${listing(undone.missing, 10)}.`);
    else if (undone.result !== null) showOutcome(cli.terminal, undone.result);
    return cli.exitWith(EXIT.failure);
  }
  const waitsForReboot = verification?.waits.some(({ kind }) => kind === 'reboot') === true;
  if (waitsForReboot && (options.reboot ?? config.reboot) === 'when-needed') {
    cli.terminal.note('Rebooting, so that the updates take effect.');
    await driver.reboot(host);
  }
}

function pickOrder(orders: readonly PatchOrder[], which: string): PatchOrder {
  const undone = new Set(orders.filter(({ result }) => result?.kind === 'applied').map(({ undoes }) => undoes));
  const candidates = orders.filter(
    (order) => changedSomething(order) && order.undoes === null && !undone.has(order.id),
  );
  const order = which === 'last' ? candidates[0] : candidates.find(({ id }) => id.startsWith(which));
  if (order === undefined)
    throw new CliError(
      'nothing-to-roll-back',
      which === 'last'
        ? 'nothing was installed here that could be rolled back'
        : `no order ${JSON.stringify(which)} can be rolled back`,
      {
        hint: 'The command `thimble patch --history` lists what was done.',
        exitCode: EXIT.usage,
      },
    );
  return order;
}

function tellTime({ terminal }: Cli, { id, startedAt, endedAt, undoes }: PatchOrder): void {
  if (endedAt === null) return;
  const back = undoes === null ? ` To go back: thimble patch --rollback ${id.slice(0, 8)}` : '';
  terminal.note(`\nOrder ${id.slice(0, 8)}, ${formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}.${back}`);
}
