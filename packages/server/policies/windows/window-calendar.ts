import type { WindowCalendar } from '@thimble/protocol';
import { type Interval, createCalendarCache, matchesEndpoint } from '@thimble/rollouts';
import type { Kysely } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { readCalendars } from '../calendars/read-calendars.ts';
import { type StandingPolicy, standingPolicies } from '../documents/standing-policies.ts';
import { type FleetMember, endpointTraits } from '../fleet/endpoint-traits.ts';
import { followingOf } from '../fleet/following.ts';
import { freezesWithin } from '../freezes/freezes-within.ts';
import { scopeInWords } from '../freezes/scope-in-words.ts';
import { zonesOf } from './next-windows.ts';
import { type PlannedStarts, plannedStarts } from './planned-starts.ts';

type Entry = WindowCalendar['items'][number];

/** A policy and who follows it. */
interface Shown {
  readonly policy: StandingPolicy;
  readonly own: readonly FleetMember[];
}

/** More entries than these are no calendar that anybody reads. */
const ENTRIES_LIMIT = 5000;

/** Windows of policies that are switched on, their blackouts, and freezes, by their beginning. @param policyId null: of all */
export async function windowCalendar(
  { database: { kysely }, settings }: Pick<ServerContext, 'database' | 'settings'>,
  organisationId: string,
  range: Interval,
  policyId: string | null,
): Promise<WindowCalendar> {
  const { timeZone } = settings;
  const policies = await standingPolicies(kysely, organisationId);
  const { followers } = followingOf(await endpointTraits(kysely, organisationId, null, timeZone), policies);
  const shown = policies
    .filter(({ id, policy }) => (policyId === null ? policy.enabled : id === policyId))
    .map((policy): Shown => ({ policy, own: followers.get(policy.id) ?? [] }));
  const planned = await plannedStarts(kysely, organisationId, range);
  const items = [
    ...shown.flatMap((each) => windowsOf(each, planned.get(each.policy.id) ?? [], timeZone, range)),
    ...(await blackoutsOf(kysely, organisationId, shown, timeZone, range)),
    ...(await freezesOf(kysely, organisationId, shown, timeZone, range)),
  ].sort((a, b) => (a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : 0));
  return {
    from: new Date(range.startMs).toISOString(),
    to: new Date(range.endMs).toISOString(),
    items: items.slice(0, ENTRIES_LIMIT),
    truncated: items.length > ENTRIES_LIMIT,
  };
}

/** Once for each zone of the endpoints that follow the policy. */
function windowsOf(
  { policy: { id, policy }, own }: Shown,
  planned: readonly PlannedStarts[],
  serverZone: string,
  range: Interval,
): readonly Entry[] {
  const calendar = createCalendarCache();
  return policy.windows.flatMap((rule) => {
    const starts = planned.filter(({ window }) => window === rule.name);
    return (rule.timeZone === 'endpoint' ? zonesOf(own, serverZone) : [rule.timeZone]).flatMap((zone) => {
      const isHere = ({ timeZone }: { readonly timeZone: string }) => rule.timeZone !== 'endpoint' || timeZone === zone;
      const endpointCount = own.filter(isHere).length;
      const here = starts.filter(isHere);
      return calendar.occurrences(rule, zone, range, ENTRIES_LIMIT + 1).map((interval): Entry => ({
        ...toEntry('window', rule.name, zone, interval, endpointCount),
        policy: { id, name: policy.name },
        plannedCount: here
          .filter(({ startMs }) => startMs >= interval.startMs && startMs < interval.endMs)
          .reduce((sum, { count }) => sum + count, 0),
      }));
    });
  });
}

async function blackoutsOf(
  within: Kysely<Tables>,
  organisationId: string,
  shown: readonly Shown[],
  serverZone: string,
  range: Interval,
): Promise<readonly Entry[]> {
  const names = [...new Set(shown.flatMap(({ policy }) => policy.policy.blackouts))];
  const calendars = await readCalendars(within, organisationId, names, range, serverZone);
  return names.flatMap((name) => {
    const bound = shown.filter(({ policy }) => policy.policy.blackouts.includes(name)).flatMap(({ own }) => own).length;
    const calendar = calendars.get(name);
    // What can't be read closes all of it, as it does for rollouts.
    const events = calendar?.ok === true ? calendar.events : [{ ...range, summary: 'it can’t be read' }];
    return events.map((event) => toEntry('blackout', `${name}: ${event.summary}`, serverZone, event, bound));
  });
}

async function freezesOf(
  within: Kysely<Tables>,
  organisationId: string,
  shown: readonly Shown[],
  serverZone: string,
  range: Interval,
): Promise<readonly Entry[]> {
  const members = shown.flatMap(({ own }) => own);
  return (await freezesWithin(within, organisationId, range)).map((freeze) => {
    const frozen = members.filter(({ traits }) => matchesEndpoint(freeze.scope, traits)).length;
    return toEntry('freeze', `${scopeInWords(freeze.scope)}: ${freeze.why}`, serverZone, freeze, frozen);
  });
}

function toEntry(
  kind: Entry['kind'],
  name: string,
  timeZone: string,
  { startMs, endMs }: Interval,
  endpointCount: number,
): Entry {
  return {
    kind,
    // As long as a label may be.
    name: name.slice(0, 512),
    policy: null,
    timeZone,
    startsAt: new Date(startMs).toISOString(),
    endsAt: new Date(endMs).toISOString(),
    plannedCount: 0,
    endpointCount,
  };
}
