import type {
  SimulateReply,
  SimulatedMiss,
  SimulatedPatch,
  SimulatedRollout,
  SimulationDifference,
  SimulationResult,
  WindowLoad,
} from '@thimble/protocol';
import { formatBytes, listing, plural, printable, sparkline, type Terminal } from '../../terminal/index.ts';
import { printFacts, printTable } from '../print.ts';

const MOST_ROWS = 12;
const CURVE_COLUMNS = 60;

export function showSimulation(terminal: Terminal, { result, compared }: SimulateReply): void {
  if (compared !== null) showComparison(terminal, compared.comparison.differences);
  for (const sentence of result.summary) terminal.out(printable(sentence));
  terminal.out('');
  showFigures(terminal, result);
  showCurves(terminal, result);
  showRollouts(terminal, result.rollouts.items, result.rollouts.total);
  showMisses(terminal, result.misses.items, result.misses.total);
  showWindows(terminal, result.windows.items, result.windows.total);
  showTimeline(terminal, result.timeline.items, result.timeline.total);
  for (const { what, why } of result.gaps) terminal.note(terminal.errColour.warning(printable(`${what}: ${why}`)));
}

function showFigures(terminal: Terminal, { startsAt, endsAt, days, policies, totals }: SimulationResult): void {
  const { endpoints, withoutPolicy, pending, installed, open, failures, rolledBack, reboots, bytes } = totals;
  printFacts(terminal, [
    ['Time', `${startsAt.slice(0, 10)} to ${endsAt.slice(0, 10)}, ${plural(days, 'day')}`],
    ['Policies', policies.length === 0 ? 'none' : printable(listing(policies, 6))],
    ['Endpoints', withoutPolicy === 0 ? String(endpoints) : `${endpoints}, ${withoutPolicy} of them without a policy`],
    ['Patches', `${pending} to install, ${installed} installed, ${open} open at the end`],
    ['Deadlines missed', totals.misses === 0 ? 'none' : terminal.colour.bad(String(totals.misses))],
    [
      'Until effective',
      `${daysInWords(totals.medianDays)} in the middle, ${daysInWords(totals.p95Days)} for 95 of 100`,
    ],
    ['Exposure', `${Math.round(totals.exposureDays)} endpoint-patch-days`],
    ['On the way', `${plural(failures, 'failure')}, ${rolledBack} rolled back, ${plural(reboots, 'reboot')}`],
    ['Traffic', formatBytes(bytes)],
  ]);
}

function showCurves(terminal: Terminal, { exposure, traffic }: SimulationResult): void {
  const columns = Math.min(CURVE_COLUMNS, Math.max(20, terminal.width - 30));
  const curve = (title: string, values: readonly number[], top: string): void => {
    if (Math.max(...values, 0) > 0)
      terminal.out(
        `${terminal.colour.dim(title.padEnd(10))} ${sparkline(values, columns)} ${terminal.colour.dim(`most ${top}`)}`,
      );
  };
  const most = (values: readonly number[]): string => String(Math.max(...values, 0));
  terminal.out('');
  const open = exposure.map((point) => point.open);
  const overdue = exposure.map((point) => point.overdue);
  const exploited = exposure.map((point) => point.exploited);
  const bytes = traffic.map((day) => day.bytes);
  curve('open', open, most(open));
  curve('overdue', overdue, most(overdue));
  curve('exploited', exploited, most(exploited));
  curve('traffic', bytes, formatBytes(Math.max(...bytes, 0)));
}

function showRollouts(terminal: Terminal, items: readonly SimulatedRollout[], total: number): void {
  if (total === 0) return;
  terminal.out(`\n${terminal.colour.bold('Rollouts')}`);
  printTable<SimulatedRollout>(
    terminal,
    [
      { title: 'BEGINS', value: ({ startsAt }) => minute(startsAt) },
      { title: 'POLICY', value: ({ policy }) => printable(policy), flexible: true },
      { title: 'STATE', value: ({ state }) => (state === 'halted' ? terminal.colour.bad(state) : state) },
      { title: 'ENDPOINTS', value: ({ endpoints }) => String(endpoints), align: 'right' },
      { title: 'PATCHES', value: ({ patches }) => String(patches), align: 'right', dispensable: 1 },
      {
        title: 'RINGS PASS',
        value: ({ rings }) => printable(rings.map((ring) => `${ring.name} ${minute(ring.passesAt)}`).join(' → ')),
        flexible: true,
        leastWidth: 24,
      },
    ],
    items.slice(0, MOST_ROWS),
  );
  more(terminal, total);
}

function showMisses(terminal: Terminal, items: readonly SimulatedMiss[], total: number): void {
  if (total === 0) return;
  terminal.out(`\n${terminal.colour.bad('Deadlines that can’t hold')}`);
  for (const { patch, deadline, endpoints, first, lastAt, advice } of items.slice(0, MOST_ROWS)) {
    const end = lastAt === null ? 'not within these days' : `the last on ${minute(lastAt)}`;
    terminal.out(
      printable(
        `${patch}: due ${minute(deadline)}, late on ${plural(endpoints, 'endpoint')} (${listing(first, 4)}), ${end}`,
      ),
    );
    for (const words of advice) terminal.out(`  ${printable(words)}`);
  }
  more(terminal, total);
}

function showWindows(terminal: Terminal, items: readonly WindowLoad[], total: number): void {
  const busy = items.filter(({ installations, reboots }) => installations + reboots > 0);
  if (busy.length === 0) return;
  terminal.out(`\n${terminal.colour.bold('Windows')}`);
  const most = Math.max(...busy.map(({ installations }) => installations));
  printTable<WindowLoad>(
    terminal,
    [
      { title: 'BEGINS', value: ({ startsAt }) => minute(startsAt) },
      { title: 'WINDOW', value: ({ window, policy }) => printable(`${window} (${policy})`), flexible: true },
      { title: 'INSTALLS', value: ({ installations }) => String(installations), align: 'right' },
      {
        title: '',
        value: ({ installations }) => '█'.repeat(Math.max(1, Math.round((installations / Math.max(1, most)) * 20))),
        dispensable: 2,
      },
      { title: 'REBOOTS', value: ({ reboots }) => String(reboots), align: 'right' },
      { title: 'AT ONCE', value: ({ atOnce }) => String(atOnce), align: 'right', dispensable: 1 },
      { title: 'TRAFFIC', value: ({ bytes }) => formatBytes(bytes), align: 'right', dispensable: 3 },
    ],
    busy.slice(0, MOST_ROWS),
  );
  more(terminal, Math.max(busy.length, total - (items.length - busy.length)));
}

function showTimeline(terminal: Terminal, items: readonly SimulatedPatch[], total: number): void {
  if (total === 0) return;
  terminal.out(`\n${terminal.colour.bold('Who gets what when, the latest first')}`);
  printTable<SimulatedPatch>(
    terminal,
    [
      { title: 'ENDPOINT', value: ({ hostname }) => printable(hostname), flexible: true },
      { title: 'PATCH', value: ({ patch }) => printable(patch), flexible: true },
      { title: 'RING', value: ({ ring }) => printable(ring ?? '-') },
      { title: 'INSTALLED', value: ({ installedAt }) => minute(installedAt) },
      {
        title: 'DUE',
        value: ({ deadline, missed }) => (missed ? terminal.colour.bad(minute(deadline)) : minute(deadline)),
      },
      { title: 'WHY NOT', value: ({ why }) => printable(why), flexible: true, leastWidth: 16 },
    ],
    items.slice(0, MOST_ROWS),
  );
  more(terminal, total);
}

function showComparison(terminal: Terminal, differences: readonly SimulationDifference[]): void {
  printTable<SimulationDifference>(
    terminal,
    [
      { title: 'FIGURE', value: ({ what }) => printable(what), flexible: true },
      { title: 'BEFORE', value: ({ before }) => figure(before), align: 'right' },
      { title: 'AFTER', value: ({ after }) => figure(after), align: 'right' },
      {
        title: '',
        value: ({ better }) =>
          better === null ? '' : better ? terminal.colour.good('better') : terminal.colour.bad('worse'),
      },
    ],
    differences,
  );
  terminal.out('');
}

function more(terminal: Terminal, total: number): void {
  if (total > MOST_ROWS) terminal.out(terminal.colour.dim(`and ${total - MOST_ROWS} more (--json has them)`));
}

/** Days and minutes in UTC, as calendars and logs have them. */
function minute(timestamp: string | null): string {
  return timestamp === null ? '-' : `${timestamp.slice(0, 10)} ${timestamp.slice(11, 16)}`;
}

function daysInWords(days: number | null): string {
  return days === null ? 'unknown' : plural(Math.round(days * 10) / 10, 'day');
}

function figure(value: number | null): string {
  return value === null ? '-' : String(Math.round(value * 10) / 10);
}
