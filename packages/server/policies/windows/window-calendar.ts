import type { WindowCalendar } from '@thimble/protocol';
import { type Interval, createCalendarCache, matchesEndpoint } from '@thimble/rollouts';
import type { ServerContext } from '../../context.ts';
import { readCalendars } from '../calendars/read-calendars.ts';
import { type StandingPolicy, standingPolicies } from '../documents/standing-policies.ts';
import { type FleetMember, endpointTraits } from '../fleet/endpoint-traits.ts';
import { followingOf } from '../fleet/following.ts';
import { freezesWithin } from '../freezes/freezes-within.ts';
import { scopeInWords } from '../freezes/scope-in-words.ts';
import { zonesOf } from './next-windows.ts';

type Entry = WindowCalendar['items'][number];

/** More entries than these are no calendar that anybody reads. */
const ENTRIES_LIMIT = 5000;

/** Windows of policies that are switched on, their blackouts, and freezes, by their beginning. @param policyId null: of all */
export async function windowCalendar(
  { database: { kysely }, settings }: Pick<ServerContext, 'database' | 'settings'>,
  organisationId: string,
  range: Interval,
  policyId: string | null,
): Promise<WindowCalendar> {
  const policies = await standingPolicies(kysely, organisationId);
  const members = await endpointTraits(kysely, organisationId, null, settings.timeZone);
  const { followers } = followingOf(members, policies);
  const shown = policies.filter(({ id, policy }) => (policyId === null ? policy.enabled : id === policyId));
  const own = shown.flatMap(({ id }) => followers.get(id) ?? []);
  const names = [...new Set(shown.flatMap(({ policy }) => policy.blackouts))];
  const calendars = await readCalendars(kysely, organisationId, names, range, settings.timeZone);
  const bound = (name: string): number =>
    shown
      .filter(({ policy }) => policy.blackouts.includes(name))
      .reduce((sum, { id }) => sum + (followers.get(id)?.length ?? 0), 0);
  const blackouts = names.flatMap((name): readonly Entry[] => {
    const calendar = calendars.get(name);
    // What can't be read closes all of it, as it does for rollouts.
    const events = calendar?.ok === true ? calendar.events : [{ ...range, summary: 'it can’t be read' }];
    return events.map((event) => entry('blackout', `${name}: ${event.summary}`, settings.timeZone, event, bound(name)));
  });
  const freezes = (await freezesWithin(kysely, organisationId, range)).map((freeze) => {
    const frozen = own.filter(({ traits }) => matchesEndpoint(freeze.scope, traits)).length;
    return entry('freeze', `${scopeInWords(freeze.scope)}: ${freeze.why}`, settings.timeZone, freeze, frozen);
  });
  const windows = windowEntries(shown, followers, settings.timeZone, range);
  const items = [...windows, ...blackouts, ...freezes].sort((a, b) =>
    a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : 0,
  );
  return {
    from: new Date(range.startMs).toISOString(),
    to: new Date(range.endMs).toISOString(),
    items: items.slice(0, ENTRIES_LIMIT),
    truncated: items.length > ENTRIES_LIMIT,
  };
}

/** Once for each zone of the endpoints that follow the policy. */
function windowEntries(
  policies: readonly StandingPolicy[],
  followers: ReadonlyMap<string, readonly FleetMember[]>,
  serverZone: string,
  range: Interval,
): readonly Entry[] {
  const calendar = createCalendarCache();
  return policies.flatMap(({ id, policy }) => {
    const own = followers.get(id) ?? [];
    return policy.windows.flatMap((rule) =>
      (rule.timeZone === 'endpoint' ? zonesOf(own, serverZone) : [rule.timeZone]).flatMap((zone) => {
        const count =
          rule.timeZone === 'endpoint' ? own.filter(({ timeZone }) => timeZone === zone).length : own.length;
        return calendar.occurrences(rule, zone, range, ENTRIES_LIMIT + 1).map((interval) => ({
          ...entry('window', rule.name, zone, interval, count),
          policy: { id, name: policy.name },
        }));
      }),
    );
  });
}

function entry(
  kind: Entry['kind'],
  name: string,
  timeZone: string,
  { startMs, endMs }: Interval,
  endpointCount: number,
): Entry {
  return {
    kind,
    name: name.slice(0, 512),
    policy: null,
    timeZone,
    startsAt: new Date(startMs).toISOString(),
    endsAt: new Date(endMs).toISOString(),
    plannedCount: 0,
    endpointCount,
  };
}
