import {
  gateInWords,
  waitInWords,
  type MemberFacts,
  type Plan,
  type PlanReport,
  type RolloutAction,
} from '../../index.ts';
import type { World } from './world.ts';

/** `Fri 2026-05-01 22:00`, in UTC. */
export function moment(atMs: number): string {
  const text = new Date(atMs).toISOString();
  return `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][new Date(atMs).getUTCDay()] ?? ''} ${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

/** Actions of a plan, those of a kind on a line: `apply web1, web2 (must begin before ...)`. */
export function printActions({ actions }: Plan, world: World): readonly string[] {
  const { policy } = world.facts();
  const lines = new Map<string, string[]>();
  for (const action of actions) {
    const [key, name] = wordsOf(
      action,
      policy.rings.map((ring) => ring.name),
    );
    lines.set(key, [...(lines.get(key) ?? []), ...(name === null ? [] : [name])]);
  }
  return [...lines].map(([key, names]) => {
    const [kind = '', rest = ''] = key.split('|');
    return `${kind}${names.length === 0 ? '' : ` ${names.join(', ')}`}${rest}`;
  });
}

function wordsOf(action: RolloutAction, rings: readonly string[]): readonly [string, string | null] {
  switch (action.kind) {
    case 'apply':
    case 'reboot':
    case 'restart-services':
      return [`${action.kind}| (begins before ${moment(action.startBeforeMs)})`, action.endpointId];
    case 'open-ring':
    case 'pass-gate':
      return [action.kind, rings[action.ring] ?? ''];
    case 'halt':
    case 'roll-back-ring':
      return [`${action.kind} ${rings[action.ring] ?? ''}: ${action.why}`, null];
    case 'block':
      return [`block what is on ${action.endpointIds.join(', ')}`, null];
    case 'finish':
      return [`finish: ${action.state}`, null];
    default:
      return [action.kind, action.endpointId];
  }
}

/** `web4 waits for its window night, Fri 2026-05-01 20:00; slot Fri 2026-05-01 20:00 to 23:30`. */
export function printMember(member: MemberFacts, world: World): string {
  const { plan } = world.last();
  const assignment = plan.assignments.find(({ endpointId }) => endpointId === member.endpointId);
  const wait = assignment?.wait ?? null;
  const slot = assignment?.slot ?? null;
  const words = wait === null ? member.progress.kind : waitInWords(wait, moment);
  return `${member.hostname} ${words}${slot === null ? '' : `; slot ${moment(slot.startMs)}`}`;
}

export function printReport({ explanation, rings, misses }: PlanReport): readonly string[] {
  return [
    explanation,
    ...rings.map(({ name, state, why, counts, opensMs, endsMs, passesMs }) => {
      const numbers = Object.entries(counts)
        .filter(([, count]) => count > 0)
        .map(([standing, count]) => `${count} ${standing}`);
      const at = (what: string, atMs: number | null): string => (atMs === null ? '' : `, ${what} ${moment(atMs)}`);
      const words = why === null || why.kind === 'not-begun' ? '' : ` (${gateInWords(why, moment)})`;
      return `  ${name}: ${state}${words}: ${numbers.join(', ')}${at('opens', opensMs)}${at('ends', endsMs)}${at('passes', passesMs)}`;
    }),
    ...misses.flatMap(({ patch, deadlineMs, endpoints, lastMs, advice }) => [
      `  MISSED ${patch}: ${endpoints} not before ${moment(deadlineMs)}${lastMs === null ? '' : `, the last ${moment(lastMs)}`}`,
      ...advice.map((words) => `    ${words}`),
    ]),
  ];
}
