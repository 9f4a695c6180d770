import type { EndpointDetail, EndpointHistory, EndpointSummary, EndpointUpdates, Update } from '@thimble/protocol';
import { type Column, formatAgo, formatBytes, plural, printable, type Terminal } from '../terminal/index.ts';
import { paintState } from './endpoint-state.ts';
import { printFacts, printTable } from './print.ts';

const RECENT = 8;

/** One endpoint for a person: what it is, how it stands, what waits, what is pending, what happened lately. */
export function showEndpoint(
  terminal: Terminal,
  { summary, system, waits, gaps }: EndpointDetail,
  updates: EndpointUpdates,
  history: EndpointHistory,
  nowMs: number,
): void {
  const { colour } = terminal;
  terminal.out(
    `${colour.bold(printable(summary.hostname))}  ${paintState(terminal, summary.state)}  ${printable(summary.explanation)}`,
  );
  printFacts(terminal, [
    ['Id', summary.id],
    ['System', `${printable(summary.os)}, ${summary.architecture}, kernel ${printable(summary.kernel)}`],
    ['Software', countLine(summary)],
    ['Seen', `${formatAgo(summary.lastSeenAt, nowMs)}${summary.connected ? ', connected' : ''}`],
    ['Agent', agentLine(summary.agentVersion, system)],
    ['Enrolled', formatAgo(summary.enrolledAt, nowMs)],
  ]);
  if (waits.length > 0) {
    terminal.out(`\n${colour.bold('Waits for')}`);
    for (const wait of waits)
      terminal.out(`  ${wait.kind === 'reboot' ? 'reboot' : 'restart'}: ${printable(wait.reason)}`);
  }
  if (gaps.length > 0) {
    terminal.out(`\n${colour.warning('Not known')}`);
    for (const { what, why } of gaps) terminal.out(`  ${printable(what)}: ${printable(why)}`);
  }
  if (updates.items.length > 0) {
    terminal.out(
      `\n${colour.bold('Pending updates')}${updates.checkedAt === null ? '' : colour.dim(`, looked up ${formatAgo(updates.checkedAt, nowMs)}`)}`,
    );
    printTable(terminal, updateColumns(terminal), securityFirst(updates.items));
  }
  if (history.items.length > 0) {
    terminal.out(`\n${colour.bold('History')}`);
    for (const { at, message } of history.items.slice(0, RECENT))
      terminal.out(`  ${formatAgo(at, nowMs).padEnd(12)}  ${printable(message)}`);
  }
}

function agentLine(version: string, system: EndpointDetail['system']): string {
  if (system === null) return version;
  const { mode, privileged } = system.agent;
  return `${printable(version)}, as ${mode}${privileged ? '' : ', not root: it can look, not install'}`;
}

function securityFirst(updates: readonly Update[]): readonly Update[] {
  return [...updates.filter(({ security }) => security), ...updates.filter(({ security }) => !security)];
}

function updateColumns({ colour }: Terminal): readonly Column<Update>[] {
  return [
    { title: '  PACKAGE', value: ({ name }) => `  ${printable(name)}`, flexible: true, leastWidth: 16 },
    { title: 'INSTALLED', value: ({ installed }) => printable(installed), flexible: true },
    { title: 'CANDIDATE', value: ({ candidate }) => printable(candidate), flexible: true },
    { title: 'KIND', value: ({ security }) => (security ? colour.bad('security') : 'update') },
    { title: 'SIZE', value: ({ downloadBytes }) => formatBytes(downloadBytes), align: 'right', dispensable: 1 },
    { title: 'NOTES', value: notes, dispensable: 2 },
  ];
}

function notes({ held, phased }: Update): string {
  const words = [
    held ? 'held' : '',
    phased === null || phased.included ? '' : `phased (${phased.percentage} %), not for this machine yet`,
  ];
  return words.filter((word) => word !== '').join(', ');
}

function countLine({ securityUpdateCount, updateCount, packageCount }: EndpointSummary): string {
  return `${plural(packageCount, 'package')}, ${plural(updateCount, 'update')} pending, ${securityUpdateCount} of them security`;
}
