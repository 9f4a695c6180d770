import {
  assignRings,
  budgetGroupsOf,
  parsePolicyText,
  type EndpointTraits,
  type Policy,
} from '../../../policy/index.ts';
import {
  createPlanner,
  lint,
  type MemberFacts,
  type MemberProgress,
  type Plan,
  type PlanReport,
  type RolloutFacts,
} from '../../index.ts';
import { DAY, HOUR, MINUTE, NOON, rollout, UNOPENED } from '../facts.ts';
import { done, withMember } from '../model.ts';

/** A rollout as a script tells it: what happens is said, what is done about it the planner decides. */
export interface World {
  readonly nowMs: () => number;
  readonly setNow: (atMs: number) => void;
  readonly facts: () => RolloutFacts;
  readonly change: (facts: Partial<RolloutFacts>) => void;
  readonly setPolicy: (text: string) => void;
  readonly join: (
    member: Partial<MemberFacts> & { readonly hostname: string },
    traits: Partial<EndpointTraits>,
  ) => void;
  /** Members by host name: `web1`, `web1..4`, `web*`, `all`. */
  readonly who: (words: string) => readonly MemberFacts[];
  readonly set: (hostname: string, change: Partial<MemberFacts>) => void;
  readonly progress: (hostname: string, progress: MemberProgress) => void;
  /** Plans, lints and does what the plan says. */
  readonly plan: () => { readonly plan: Plan; readonly report: PlanReport };
  readonly last: () => { readonly plan: Plan; readonly report: PlanReport };
}

export function createWorld(): World {
  const planner = createPlanner();
  let nowMs = NOON;
  let facts = rollout({}, { startedAtMs: NOON, patches: [], patchSets: [[]] });
  let traits: readonly EndpointTraits[] = [];
  let last: { readonly plan: Plan; readonly report: PlanReport } | null = null;

  const world: World = {
    nowMs: () => nowMs,
    setNow: (atMs) => {
      nowMs = atMs;
    },
    facts: () => facts,
    change: (change) => {
      facts = { ...facts, ...change };
    },
    setPolicy: (text) => {
      const policy = parsed(text);
      facts = { ...facts, policy, rings: policy.rings.map(() => UNOPENED) };
    },
    join: (member, own) => {
      const { hostname } = member;
      traits = [
        ...traits,
        { hostname, platform: 'debian', labels: new Map(), groups: [], criticality: 'unknown', site: null, ...own },
      ];
      const joined: MemberFacts = {
        endpointId: hostname,
        ring: 0,
        progress: { kind: 'not-asked' },
        online: true,
        lastSeenMs: nowMs,
        timeZone: 'Europe/Berlin',
        budgetGroups: [],
        patchSet: 0,
        expectedMs: facts.policy.deploy.expectedDurationMs ?? 30 * MINUTE,
        busyWith: null,
        hold: null,
        generation: 0,
        rebootedAtMs: null,
        ...member,
      };
      facts = placed({ ...facts, members: [...facts.members, joined] }, traits);
    },
    who: (words) => {
      const found = facts.members.filter(({ hostname }) => matches(hostname, words));
      if (found.length === 0) throw new Error(`nobody is called ${words}`);
      return found;
    },
    set: (hostname, change) => {
      facts = withMember(facts, hostname, change);
    },
    progress: (hostname, progress) => {
      facts = withMember(facts, hostname, { progress });
    },
    plan: () => {
      const input = { nowMs, horizonMs: 60 * DAY, rollout: facts, previous: last?.plan ?? null };
      last = planner.plan(input);
      const findings = lint(last.plan, input);
      if (findings.length > 0) throw new Error(`the plan breaks a rule: ${JSON.stringify(findings)}`);
      facts = done(last.plan, input).rollout;
      return last;
    },
    last: () => last ?? world.plan(),
  };
  return world;
}

/** `7d`, `12h`, `30m`. */
export function lengthOf(word: string): number {
  const [, count = '', unit = ''] = /^(\d+)([dhm])$/.exec(word) ?? [];
  const unitMs = { d: DAY, h: HOUR, m: MINUTE }[unit];
  if (unitMs === undefined) throw new Error(`${word} is no length`);
  return Number(count) * unitMs;
}

function parsed(text: string): Policy {
  const result = parsePolicyText(`format: 1\nname: weekly\n${text}`);
  if (!result.ok) throw new Error(result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return result.policy;
}

function placed(facts: RolloutFacts, traits: readonly EndpointTraits[]): RolloutFacts {
  const rings = assignRings(
    facts.policy,
    'p1',
    traits.map((own) => ({ id: own.hostname, traits: own })),
  );
  const budgetGroups: { readonly budget: number; readonly name: string }[] = [];
  const members = facts.members.map((member, index): MemberFacts => {
    const own = traits[index];
    const groups = own === undefined ? [] : budgetGroupsOf(facts.policy, own);
    return {
      ...member,
      ring: rings.get(member.hostname) ?? 0,
      budgetGroups: groups.flatMap((names, budget) =>
        names.map((name) => {
          const known = budgetGroups.findIndex((group) => group.budget === budget && group.name === name);
          return known >= 0 ? known : budgetGroups.push({ budget, name }) - 1;
        }),
      ),
    };
  });
  return { ...facts, members, budgetGroups };
}

function matches(hostname: string, words: string): boolean {
  return words.split(',').some((word) => {
    if (word === 'all') return true;
    if (word.endsWith('*')) return hostname.startsWith(word.slice(0, -1));
    const [, name = '', first = '', last = ''] = /^(\D+)(\d+)\.\.(\d+)$/.exec(word) ?? [];
    if (name === '') return hostname === word;
    const number = Number(hostname.slice(name.length));
    return hostname.startsWith(name) && number >= Number(first) && number <= Number(last);
  });
}
