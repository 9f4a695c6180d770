import type { OutcomeResult, Verification, Wait } from '@thimble/protocol';
import { EXIT } from '../exit-codes.ts';
import { listing, plural, printable, type Terminal } from '../terminal/index.ts';
import { differenceLines } from '../transaction-view.ts';

const LOG_LINES_SHOWN = 20;
const UNITS_SHOWN = 12;

/** How an outcome ends the command. */
export function outcomeExitCode(result: OutcomeResult): number {
  switch (result.kind) {
    case 'scanned':
    case 'pre-staged':
      return EXIT.ok;
    case 'planned':
      return result.transaction.changes.length === 0 ? EXIT.ok : EXIT.pending;
    case 'tried':
      return result.report.verdict === 'failed' ? EXIT.failure : EXIT.ok;
    case 'applied':
    case 'rebooted':
      return verificationExitCode(result.verification);
    case 'refused':
      return EXIT.refused;
    case 'failed':
      return EXIT.failure;
    case 'cancelled':
      return EXIT.interrupted;
  }
}

/** Not effective only because something is still to be restarted is no failure; anything else, or not known, is. */
export function verificationExitCode(verification: Verification): number {
  if (verification.effective) return EXIT.ok;
  const wrong =
    verification.wrongVersions.length + verification.brokenPackages.length + newlyFailed(verification).length;
  return wrong === 0 && verification.waits.length > 0 ? EXIT.waits : EXIT.failure;
}

export function newlyFailed({ failedUnitsBefore, failedUnitsAfter }: Verification): readonly string[] {
  const before = new Set(failedUnitsBefore);
  return failedUnitsAfter.filter((unit) => !before.has(unit));
}

export function showOutcome(terminal: Terminal, result: OutcomeResult): void {
  const { colour } = terminal;
  switch (result.kind) {
    case 'applied':
    case 'rebooted':
      return showVerification(terminal, result.verification);
    case 'refused':
      terminal.out(`${colour.warning('Refused, nothing was changed:')} ${printable(result.message)}`);
      if (result.difference !== null) for (const line of differenceLines(result.difference)) terminal.out(line);
      return showLog(terminal, result.logTail);
    case 'failed':
      terminal.out(`${colour.bad(`Failed while ${result.stage.replaceAll('-', ' ')}:`)} ${printable(result.message)}`);
      if (result.verification !== null) showVerification(terminal, result.verification);
      return showLog(terminal, result.logTail);
    case 'cancelled':
      return terminal.out('Cancelled, nothing was changed.');
    case 'planned':
    case 'pre-staged':
    case 'scanned':
      return undefined;
  }
}

/** The proof in words: what is true of the running system now. */
export function showVerification(terminal: Terminal, verification: Verification): void {
  const { colour } = terminal;
  const { restartedUnits, wrongVersions, brokenPackages, waits, gaps, effective } = verification;
  if (restartedUnits.length > 0) terminal.out(`Restarted: ${listing(restartedUnits.map(printable), UNITS_SHOWN)}.`);
  for (const { name, expected, actual } of wrongVersions)
    terminal.out(
      `${colour.bad('Wrong version:')} ${printable(name)} is ${printable(actual ?? 'not installed')}, not ${printable(expected ?? 'removed')}.`,
    );
  if (brokenPackages.length > 0)
    terminal.out(`${colour.bad('Not fully installed:')} ${listing(brokenPackages.map(printable))}.`);
  const failed = newlyFailed(verification);
  if (failed.length > 0) terminal.out(`${colour.bad('Failed since:')} ${listing(failed.map(printable))}.`);
  for (const wait of waits) terminal.out(`${colour.warning('Waits:')} ${waitInWords(wait)}`);
  for (const { what, why } of gaps)
    terminal.out(`${colour.warning('Not known:')} ${printable(what)}: ${printable(why)}`);
  terminal.out(
    effective
      ? colour.good('Effective: the versions are right, nothing runs replaced code, no service failed.')
      : colour.warning('Not effective yet.'),
  );
}

export function waitInWords(wait: Wait): string {
  return wait.kind === 'reboot'
    ? `for a reboot: ${printable(wait.reason)}`
    : `for a restart: ${printable(wait.reason)}`;
}

/** One line for the journal of the machine and the history. */
export function outcomeInWords(result: OutcomeResult | null): string {
  if (result === null) return 'under way, or interrupted: the next --apply finishes it';
  switch (result.kind) {
    case 'applied':
    case 'rebooted': {
      const { effective, waits } = result.verification;
      if (effective) return 'effective';
      const failed = newlyFailed(result.verification);
      if (failed.length > 0) return `failed since: ${listing(failed)}`;
      return waits.length > 0 ? `waits ${waits.map(waitInWords).join('; ')}` : 'not effective';
    }
    case 'refused':
    case 'failed':
      return `${result.kind} (${result.code}): ${printable(result.message)}`;
    case 'planned':
      return plural(result.transaction.changes.length, 'change');
    case 'pre-staged':
      return `pre-staged, ${result.fetchedBytes} bytes`;
    case 'tried':
      return `trial ${result.report.verdict}: ${printable(result.report.message)}`;
    case 'cancelled':
    case 'scanned':
      return result.kind;
  }
}

function showLog(terminal: Terminal, lines: readonly string[]): void {
  if (lines.length === 0) return;
  terminal.out(terminal.colour.dim('The package manager’s last words:'));
  for (const line of lines.slice(-LOG_LINES_SHOWN)) terminal.out(terminal.colour.dim(`  ${printable(line)}`));
}
