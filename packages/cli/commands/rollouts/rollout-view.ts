import type {
  RingState,
  RolloutDetail,
  RolloutMember,
  RolloutRing,
  RolloutState,
  RolloutSummary,
} from '@thimble/protocol';
import type { Cli } from '../../cli.ts';
import { EXIT } from '../../exit-codes.ts';
import { formatAgo, listing, plural, printable, type Terminal } from '../../terminal/index.ts';
import { paintTarget } from '../run-view.ts';
import { printFacts, printTable } from '../print.ts';

const MOST_EVENTS = 10;
const MOST_PATCHES = 15;

export function showRollouts({ terminal, now }: Cli, items: readonly RolloutSummary[]): void {
  const nowMs = now().getTime();
  printTable<RolloutSummary>(
    terminal,
    [
      { title: 'ROLLOUT', value: ({ name }) => printable(name), flexible: true, leastWidth: 14 },
      { title: 'POLICY', value: ({ policy }) => printable(`${policy.name} v${policy.version}`), dispensable: 2 },
      { title: 'STATE', value: ({ state }) => paintRollout(terminal, state) },
      { title: 'RINGS', value: ({ rings }) => printable(rings.map(ringInShort).join(' → ')), flexible: true },
      { title: 'STARTED', value: ({ startedAt }) => formatAgo(startedAt, nowMs), dispensable: 1 },
      { title: 'WHY', value: ({ explanation }) => printable(explanation), flexible: true, leastWidth: 20 },
    ],
    items,
  );
}

export function showRollout(cli: Cli, detail: RolloutDetail): void {
  const { terminal } = cli;
  const { summary, rings, patches, misses, events, actions, approvals } = detail;
  const nowMs = cli.now().getTime();
  printFacts(terminal, [
    ['Rollout', printable(`${summary.name} (${summary.id})`)],
    ['Policy', printable(`${summary.policy.name}, version ${summary.policy.version}`)],
    ['State', `${paintRollout(terminal, summary.state)}: ${printable(summary.explanation)}`],
    ['Content', printable(summary.content?.snapshotName ?? 'each endpoint’s own repositories')],
    ['Started', printable(`${formatAgo(summary.startedAt, nowMs)} by ${summary.startedBy}`)],
    ['Ends', endInWords(summary, nowMs)],
    ['Approved by', approvalsInWords(approvals)],
    ['Can be done', actions.join(', ') || 'nothing'],
  ]);
  terminal.out('');
  showRings(terminal, rings, nowMs);
  if (patches.length > 0) {
    terminal.out('');
    printTable<RolloutDetail['patches'][number]>(
      terminal,
      [
        { title: 'PATCH', value: ({ name, version }) => printable(`${name} ${version}`), flexible: true },
        { title: 'SEVERITY', value: ({ severity, kev }) => printable(kev ? `${severity}, exploited` : severity) },
        { title: 'DONE', value: ({ doneCount, endpointCount }) => `${doneCount}/${endpointCount}`, align: 'right' },
        { title: 'DUE', value: ({ deadline }) => (deadline === null ? '-' : formatAgo(deadline, nowMs)) },
        {
          title: 'BECAUSE',
          value: ({ deadlineBecause }) => printable(deadlineBecause),
          flexible: true,
          dispensable: 1,
        },
      ],
      patches.slice(0, MOST_PATCHES),
    );
    if (patches.length > MOST_PATCHES) terminal.out(`and ${patches.length - MOST_PATCHES} more (--json has all)`);
  }
  for (const { patch, deadline, endpointCount, first, advice } of misses) {
    terminal.out(
      `\n${terminal.colour.bad('will be late')}: ${printable(`${patch} is due ${formatAgo(deadline, nowMs)}, but not on ${plural(endpointCount, 'endpoint')} (${listing(first, 5)})`)}`,
    );
    for (const words of advice) terminal.out(`  ${printable(words)}`);
  }
  if (events.length > 0) terminal.out('');
  for (const { at, actor, ring, summary: words } of events.slice(0, MOST_EVENTS))
    terminal.out(
      `${terminal.colour.dim(formatAgo(at, nowMs).padEnd(12))}  ${printable(`${ring === null ? '' : `${ring}: `}${words}${actor === '' ? '' : ` (${actor})`}`)}`,
    );
}

export function showRings(terminal: Terminal, rings: readonly RolloutRing[], nowMs: number): void {
  printTable<RolloutRing>(
    terminal,
    [
      { title: 'RING', value: ({ name }) => printable(name) },
      { title: 'STATE', value: ({ state }) => paintRing(terminal, state) },
      { title: 'DONE', value: ({ counts, memberCount }) => `${counts.done}/${memberCount}`, align: 'right' },
      { title: 'BUSY', value: ({ counts }) => String(counts.busy), align: 'right' },
      { title: 'FAILED', value: ({ counts }) => paintFailed(terminal, counts.failed), align: 'right' },
      { title: 'OFF', value: ({ counts }) => String(counts.offline), align: 'right', dispensable: 1 },
      { title: 'PASSES', value: (ring) => passesInWords(ring, nowMs) },
      { title: 'WHY', value: ({ explanation }) => printable(explanation), flexible: true, leastWidth: 20 },
    ],
    rings,
  );
}

export function showMembers({ terminal, now }: Cli, members: readonly RolloutMember[]): void {
  const nowMs = now().getTime();
  printTable<RolloutMember>(
    terminal,
    [
      { title: 'ENDPOINT', value: ({ hostname }) => printable(hostname), flexible: true, leastWidth: 12 },
      { title: 'RING', value: ({ ring }) => printable(ring) },
      { title: 'STATE', value: ({ state, outcome }) => (state === null ? outcome : paintTarget(terminal, state)) },
      { title: 'TRIAL', value: ({ trial }) => trial ?? '-', dispensable: 2 },
      {
        title: 'WINDOW',
        value: ({ slot }) => (slot === null ? '-' : formatAgo(slot.startsAt, nowMs)),
        dispensable: 1,
      },
      {
        title: 'WHY',
        value: ({ explanation, hold }) =>
          printable(hold === null ? explanation : `held by ${hold.by}: ${hold.reason}; ${explanation}`),
        flexible: true,
        leastWidth: 24,
      },
    ],
    members,
  );
}

/** How a rollout that is over, or waits for somebody, ends the command. */
export function rolloutExitCode(state: RolloutState): number {
  switch (state) {
    case 'finished':
      return EXIT.ok;
    case 'preparing':
    case 'running':
    case 'rolling-back':
    case 'awaiting-approval':
      return EXIT.pending;
    case 'halted':
    case 'rolled-back':
    case 'cancelled':
      return EXIT.failure;
  }
}

export function paintRollout({ colour }: Terminal, state: RolloutState): string {
  switch (state) {
    case 'finished':
      return colour.good(state);
    case 'halted':
      return colour.bad(state);
    case 'awaiting-approval':
    case 'rolling-back':
    case 'rolled-back':
    case 'cancelled':
      return colour.warning(state);
    case 'preparing':
    case 'running':
      return colour.accent(state);
  }
}

export function paintRing({ colour }: Terminal, state: RingState): string {
  switch (state) {
    case 'passed':
      return colour.good(state);
    case 'halted':
      return colour.bad(state);
    case 'rolling-back':
    case 'rolled-back':
      return colour.warning(state);
    case 'open':
    case 'soaking':
    case 'gate':
      return colour.accent(state);
    case 'waiting':
      return colour.dim(state);
  }
}

function ringInShort({ name, doneCount, memberCount }: RolloutSummary['rings'][number]): string {
  return `${name} ${doneCount}/${memberCount}`;
}

function paintFailed({ colour }: Terminal, failed: number): string {
  return failed === 0 ? '0' : colour.bad(String(failed));
}

function passesInWords({ passedAt, skippedBy, predictedPassesAt }: RolloutRing, nowMs: number): string {
  if (passedAt !== null)
    return `${formatAgo(passedAt, nowMs)}${skippedBy === null ? '' : ` (by ${printable(skippedBy)})`}`;
  return predictedPassesAt === null ? '-' : `${formatAgo(predictedPassesAt, nowMs)} (planned)`;
}

function endInWords({ endedAt, predictedEndsAt }: RolloutSummary, nowMs: number): string {
  if (endedAt !== null) return formatAgo(endedAt, nowMs);
  return predictedEndsAt === null ? 'not known yet' : `${formatAgo(predictedEndsAt, nowMs)} (planned)`;
}

function approvalsInWords({ required, from, by }: RolloutDetail['approvals']): string {
  const names = printable(by.join(', ') || 'nobody');
  if (required === 0) return by.length === 0 ? 'nobody has to' : names;
  return `${names} (${by.length} of ${required}${from === null ? '' : printable(` from ${from.join(', ')}`)})`;
}
