import type { RunDetail, RunSummary, RunTarget, TargetState } from '@thimble/protocol';
import { EXIT } from '../exit-codes.ts';
import { type Column, formatAgo, listing, plural, printable, type Terminal } from '../terminal/index.ts';
import { differenceLines, transactionLines } from '../transaction-view.ts';
import { printTable } from './print.ts';

const NAMES_SHOWN = 12;

export function showRuns(terminal: Terminal, runs: readonly RunSummary[], nowMs: number): void {
  const columns: readonly Column<RunSummary>[] = [
    { title: 'ID', value: ({ id }) => id },
    { title: 'STATE', value: ({ state }) => state },
    { title: 'WHAT', value: ({ name }) => printable(name), flexible: true },
    { title: 'ENDPOINTS', value: ({ targetCount }) => String(targetCount), align: 'right', dispensable: 2 },
    { title: 'MADE', value: ({ createdAt }) => formatAgo(createdAt, nowMs), dispensable: 1 },
    { title: 'HOW IT STANDS', value: ({ explanation }) => printable(explanation), flexible: true, leastWidth: 20 },
  ];
  printTable(terminal, columns, runs);
}

/** A run for a person: every distinct transaction once, with the endpoints that get it, then each endpoint's state. */
export function showRun(terminal: Terminal, run: RunDetail): void {
  const { colour } = terminal;
  const { summary, groups, targets } = run;
  terminal.out(`${colour.bold(printable(summary.name))}  ${summary.state}  ${printable(summary.explanation)}`);
  terminal.out(
    colour.dim(
      `Run ${summary.id}, made by ${printable(summary.createdBy)}${summary.approvedBy === null ? '' : `, approved by ${printable(summary.approvedBy)}`}`,
    ),
  );
  const names = new Map(targets.map(({ endpointId, hostname }) => [endpointId, printable(hostname)]));
  for (const { endpointIds, transaction } of groups) {
    terminal.out(
      `\n${colour.accent(
        `On ${listing(
          endpointIds.map((id) => names.get(id) ?? id),
          NAMES_SHOWN,
        )}`,
      )}`,
    );
    for (const line of transactionLines(terminal, transaction)) terminal.out(line);
  }
  terminal.out('');
  showTargets(terminal, targets);
}

export function showTargets(terminal: Terminal, targets: readonly RunTarget[]): void {
  const columns: readonly Column<RunTarget>[] = [
    { title: 'ENDPOINT', value: ({ hostname }) => printable(hostname), flexible: true, leastWidth: 12 },
    { title: 'STATE', value: ({ state }) => paintTarget(terminal, state) },
    { title: 'WHY', value: ({ explanation }) => printable(explanation), flexible: true, leastWidth: 24 },
  ];
  printTable(terminal, columns, targets);
  for (const { hostname, outcome } of targets)
    if (outcome?.result.kind === 'refused' && outcome.result.difference !== null) {
      terminal.out(`\n${printable(hostname)} would do something else than was approved:`);
      for (const line of differenceLines(outcome.result.difference)) terminal.out(line);
    }
}

export function paintTarget({ colour }: Terminal, state: TargetState): string {
  switch (state) {
    case 'effective':
    case 'nothing-to-do':
    case 'rolled-back':
      return colour.good(state);
    case 'failed':
    case 'plan-failed':
    case 'refused':
      return colour.bad(state);
    case 'waits-for-reboot':
    case 'waits-for-restart':
    case 'cancelled':
      return colour.warning(state);
    case 'planning':
    case 'planned':
    case 'ordered':
    case 'working':
    case 'rebooting':
    case 'rolling-back':
      return colour.accent(state);
  }
}

/** How a run that does not move any more ends the command: the worst of its targets decides. */
export function runExitCode({ summary, targets }: RunDetail): number {
  if (summary.state === 'planning' || summary.state === 'awaiting-approval' || summary.state === 'running')
    return EXIT.pending;
  const has = (...states: readonly TargetState[]): boolean => targets.some(({ state }) => states.includes(state));
  if (has('failed', 'plan-failed')) return EXIT.failure;
  if (has('refused')) return EXIT.refused;
  if (has('waits-for-reboot', 'waits-for-restart')) return EXIT.waits;
  if (has('cancelled') || summary.state === 'cancelled') return EXIT.failure;
  return EXIT.ok;
}

export function runResultInWords({ summary, targets }: RunDetail): string {
  const counts = new Map<TargetState, number>();
  for (const { state } of targets) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = [...counts].map(([state, count]) => `${count} ${state.replaceAll('-', ' ')}`);
  return `${plural(targets.length, 'endpoint')}: ${listing(parts) || summary.state}.`;
}
