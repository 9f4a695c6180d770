import type { PolicyList, PolicySummary } from '@thimble/protocol';
import { type CalendarCache, type Policy, createCalendarCache, ruleInWords } from '@thimble/rollouts';
import type { Kysely } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { blackoutIntervals } from '../calendars/blackout-intervals.ts';
import { type FleetMember, endpointTraits } from '../fleet/endpoint-traits.ts';
import { followingOf } from '../fleet/following.ts';
import { named } from '../fleet/named.ts';
import { HORIZON_MS, nextWindows, zonesOf } from '../windows/next-windows.ts';
import { activeRollouts } from './active-rollouts.ts';
import { type StandingPolicy, standingPolicies } from './standing-policies.ts';

/** All standing policies with who follows them now: one pass over the fleet for all of them. */
export async function listPolicies(context: ServerContext, organisationId: string): Promise<PolicyList> {
  const { kysely } = context.database;
  const policies = await standingPolicies(kysely, organisationId);
  const members = await endpointTraits(kysely, organisationId, null, context.settings.timeZone);
  const { followers, uncovered } = followingOf(members, policies);
  const items = await policySummaries(context, kysely, organisationId, policies, followers);
  return { items, total: items.length, uncovered: { total: uncovered.length, first: named(uncovered) } };
}

/** In the order of the policies. */
export async function policySummaries(
  context: Pick<ServerContext, 'clock' | 'settings'>,
  within: Kysely<Tables>,
  organisationId: string,
  policies: readonly StandingPolicy[],
  followers: ReadonlyMap<string, readonly FleetMember[]>,
): Promise<PolicySummary[]> {
  const nowMs = context.clock().getTime();
  const calendar = createCalendarCache();
  const range = { startMs: nowMs, endMs: nowMs + HORIZON_MS };
  const names = [...new Set(policies.flatMap(({ policy }) => policy.blackouts))];
  const blackouts = await blackoutIntervals(within, organisationId, names, range, context.settings.timeZone);
  const rollouts = await activeRollouts(within, organisationId);
  return policies.map(({ id, version, policy, inherited, changedAt, changedBy }) => {
    const own = followers.get(id) ?? [];
    const closed = blackouts.filter(({ calendar: name }) => policy.blackouts.includes(name));
    const [next] = nextWindows(calendar, policy, zonesOf(own, context.settings.timeZone), closed, nowMs);
    return {
      id,
      name: policy.name,
      inherited: inherited === null ? null : { from: inherited.from, enforced: policy.clients === 'enforced' },
      // What is inherited is the decision of whose it is.
      clients: inherited === null ? policy.clients : 'none',
      description: policy.description,
      enabled: policy.enabled,
      priority: policy.priority,
      version,
      changedAt: changedAt.toISOString(),
      changedBy,
      ringNames: policy.rings.map(({ name }) => name),
      endpointCount: own.length,
      windowsInWords: policy.windows.map(ruleInWords),
      nextWindowAt: next === undefined ? null : new Date(next.startMs).toISOString(),
      nextStartAt: nextStart(calendar, policy, context.settings.timeZone, range),
      activeRollout: rollouts.get(id) ?? null,
    };
  });
}

/** A policy that is switched off starts nothing. */
function nextStart(
  calendar: CalendarCache,
  { enabled, start }: Pick<Policy, 'enabled' | 'start'>,
  serverZone: string,
  range: { readonly startMs: number; readonly endMs: number },
): string | null {
  if (!enabled || start.every === null) return null;
  const [first] = calendar.starts(start.every, serverZone, range);
  return first === undefined ? null : new Date(first).toISOString();
}
