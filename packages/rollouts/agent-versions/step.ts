import type { AgentMember, AgentVersionFacts } from './facts.ts';
import { AGENT_WAVES, type AgentReach, isReached, reachOf } from './reach.ts';

/** How the endpoints of a wave do. */
export interface AgentCounts {
  /** They have run the version for long enough, and are heard. */
  readonly proven: number;
  /** They run it, not for long enough yet. */
  readonly soaking: number;
  /** They are there and run something older. */
  readonly taking: number;
  /** They were told of it, or run it, and are not heard any more: nobody knows whether they are well. */
  readonly lost: number;
  /** They were gone before they were told, or gave the version up and were forgiven. */
  readonly absent: number;
}

/** What happens next with a version, and whom it concerns. `explanation`: in words for people. */
export type AgentVersionStep = {
  readonly explanation: string;
  readonly counts: AgentCounts;
  /** Who may be told. */
  readonly reach: AgentReach;
} & (
  | { readonly kind: 'advance'; readonly wave: number }
  | { readonly kind: 'finish' }
  | { readonly kind: 'halt' }
  /** `open`: false: nobody else is told meanwhile. */
  | { readonly kind: 'wait'; readonly open: boolean }
);

/** In large fleets somebody is always switched off just then. Of fewer than twenty endpoints nobody may be missing. */
const MISSING_PERCENT = 5;
const NAMED = 3;

/**
 * Decides what happens next with a version of the agent: the next wave is told when enough of the present one are known to be
 * well for long enough. One endpoint that went back to the version before stops it for all. What is not known counts as
 * not well.
 */
export function stepAgentVersion(facts: AgentVersionFacts, nowMs: number): AgentVersionStep {
  const { members, wave, rules } = facts;
  const reach = reachOf(members, wave, rules);
  const groups = groupsOf(facts, reach, nowMs);
  const { proven, soaking, taking, lost, absent } = groups;
  const counts: AgentCounts = {
    proven: proven.length,
    soaking: soaking.length,
    taking: taking.length,
    lost: lost.length,
    absent: absent.length,
  };
  const step = { counts, reach };
  const wait = (explanation: string, open = true): AgentVersionStep => ({ ...step, kind: 'wait', open, explanation });
  const returned = members.filter((member) => hasReturned(member, facts));
  if (returned.length > 0)
    return { ...step, kind: 'halt', explanation: `went back to the version before: ${reasonsOf(returned)}` };
  const judged = proven.length + soaking.length + taking.length + lost.length;
  const missing = Math.floor((judged * MISSING_PERCENT) / 100);
  if (lost.length > missing)
    return wait(`not heard since they were told or took it, so nobody else is told: ${namesOf(lost)}`, false);
  if (judged === 0) return wait('none of its endpoints is there');
  if (taking.length > missing) return wait(`still run an older version: ${namesOf(taking)}`);
  if (soaking.length > missing) {
    const since = soaking.map(({ runsSinceMs }) => runsSinceMs).sort((a, b) => b - a);
    const untilMs = (since[missing] ?? nowMs) + rules.soakMs;
    return wait(`all of them run it, and have to do well until ${minuteInUtc(untilMs)}`);
  }
  if (wave < AGENT_WAVES.length - 1)
    return { ...step, kind: 'advance', wave: wave + 1, explanation: `${proven.length} endpoints do well with it` };
  return { ...step, kind: 'finish', explanation: `${proven.length} endpoints do well with it` };
}

function minuteInUtc(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

type Group = keyof AgentCounts;

function groupsOf(
  facts: AgentVersionFacts,
  reach: AgentReach,
  nowMs: number,
): Readonly<Record<Group, readonly AgentMember[]>> {
  const groups: Record<Group, AgentMember[]> = { proven: [], soaking: [], taking: [], lost: [], absent: [] };
  for (const member of members(facts, reach)) groups[groupOf(member, facts, nowMs)].push(member);
  return groups;
}

/** Of the wave; who enrolled since it began is told too, but would keep it from ever ending. */
function members({ members: all, waveSinceMs, judgedSinceMs }: AgentVersionFacts, reach: AgentReach) {
  return all.filter(
    ({ endpointId, enrolledAtMs, toldAtMs }) =>
      (isReached(reach, endpointId) && enrolledAtMs <= waveSinceMs) ||
      (toldAtMs !== null && toldAtMs >= judgedSinceMs && enrolledAtMs <= waveSinceMs),
  );
}

function groupOf(member: AgentMember, { rules, judgedSinceMs }: AgentVersionFacts, nowMs: number): Group {
  const { lastSeenAtMs, runs, runsSinceMs, toldAtMs, returned } = member;
  // It takes what it gave up no more; that it is left out is what the person accepted who let the version go on.
  if (returned !== null && runs === 'older') return 'absent';
  if (nowMs - lastSeenAtMs > rules.silentMs) {
    const touchedAtMs = Math.max(toldAtMs ?? -Infinity, runs === 'this' ? runsSinceMs : -Infinity);
    return touchedAtMs >= judgedSinceMs ? 'lost' : 'absent';
  }
  if (runs === 'older') return 'taking';
  return nowMs - runsSinceMs >= rules.soakMs ? 'proven' : 'soaking';
}

/** Who runs the version after all, say because somebody let it try again, has not returned from it. */
function hasReturned({ returned, runs }: AgentMember, { judgedSinceMs }: AgentVersionFacts): boolean {
  return returned !== null && runs === 'older' && returned.atMs >= judgedSinceMs;
}

function namesOf(members: readonly AgentMember[]): string {
  const names = members.slice(0, NAMED).map(({ hostname }) => hostname);
  const more = members.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function reasonsOf(members: readonly AgentMember[]): string {
  const [first] = members;
  return `${namesOf(members)} (${first?.returned?.reason ?? ''})`;
}
