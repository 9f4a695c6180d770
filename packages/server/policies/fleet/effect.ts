import type { PolicyEffect } from '@thimble/protocol';
import { assignRings, createCalendarCache, selects } from '@thimble/rollouts';
import type { Kysely } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { blackoutIntervals } from '../calendars/blackout-intervals.ts';
import { standingPolicies } from '../documents/standing-policies.ts';
import { type Followable, withDraft } from '../documents/with-draft.ts';
import { deadlineFor } from '../pending/deadline-for.ts';
import { type PendingUpdate, pendingUpdates } from '../pending/pending-updates.ts';
import { HORIZON_MS, nextWindows, zonesOf } from '../windows/next-windows.ts';
import { type FleetMember, endpointTraits } from './endpoint-traits.ts';
import { followedBy, followingOf } from './following.ts';
import { named } from './named.ts';

const WINDOWS_SHOWN = 50;

/** What a policy would mean for the fleet as it is now, in the place of the standing one with its id, or of the own one with its name. */
export async function policyEffect(
  context: Pick<ServerContext, 'clock' | 'settings'>,
  within: Kysely<Tables>,
  organisationId: string,
  given: Pick<Followable, 'id' | 'policy'>,
): Promise<PolicyEffect> {
  const now = context.clock();
  const standing = await standingPolicies(within, organisationId);
  const policies = withDraft(standing, given);
  const candidate = policies.find(({ policy }) => policy === given.policy);
  if (candidate === undefined) throw new Error('a draft is among the policies');
  const members = await endpointTraits(within, organisationId, null, context.settings.timeZone);
  const alone = followedBy([candidate]);
  const own = followingOf(members, policies).followers.get(candidate.id) ?? [];
  const inScope = members.filter((member) => alone(member) !== null).length;
  const taken = await takenUpdates(within, organisationId, candidate, own, now);
  const range = { startMs: now.getTime(), endMs: now.getTime() + HORIZON_MS };
  const blackouts = await blackoutIntervals(
    within,
    organisationId,
    candidate.policy.blackouts,
    range,
    context.settings.timeZone,
  );
  const zones = zonesOf(own, context.settings.timeZone);
  const windows = nextWindows(createCalendarCache(), candidate.policy, zones, blackouts, now.getTime());
  const deadlines = taken
    .map((update) => deadlineFor(candidate.policy.deadlines, update).deadlineMs)
    .filter((deadline) => deadline !== null)
    .sort((a, b) => a - b);
  return {
    ...ringPreviews(candidate, own),
    overruled: inScope - own.length,
    updateCount: new Set(taken.map(({ name, candidate: version }) => `${name} ${version}`)).size,
    soonestDeadline: deadlines[0] === undefined ? null : new Date(deadlines[0]).toISOString(),
    nextWindows: windows.slice(0, WINDOWS_SHOWN).map(({ window, timeZone, startMs, endMs }) => ({
      window,
      timeZone,
      startsAt: new Date(startMs).toISOString(),
      endsAt: new Date(endMs).toISOString(),
    })),
  };
}

function ringPreviews(
  { id, policy }: Followable,
  own: readonly FleetMember[],
): Pick<PolicyEffect, 'rings' | 'ringless'> {
  const places = assignRings(policy, id, own);
  const byRing = Map.groupBy(own, (member) => places.get(member.id));
  return {
    rings: policy.rings.map(({ name }, index) => {
      const members = byRing.get(index) ?? [];
      return { name, endpointCount: members.length, first: named(members) };
    }),
    ringless: byRing.get(undefined)?.length ?? 0,
  };
}

/** Each list once, however many endpoints share it. */
async function takenUpdates(
  within: Kysely<Tables>,
  organisationId: string,
  { policy }: Followable,
  own: readonly FleetMember[],
  now: Date,
): Promise<readonly PendingUpdate[]> {
  const ids = own.map(({ id }) => id);
  const { lists } = await pendingUpdates(within, organisationId, ids, now);
  const updates = new Set([...lists.values()].flat());
  return [...updates].filter((update) => selects(policy, update, now.getTime()).taken);
}
