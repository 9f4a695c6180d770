import { matchesEndpoint, type MemberFacts } from '@thimble/rollouts';
import type { Kysely } from 'kysely';
import { activeFreezes, endpointTraits } from '../../policies/index.ts';
import type { Tables } from '../../storage/index.ts';

/** What a freeze makes of an endpoint; null: none stands there. */
export type FreezeOf = (endpointId: string) => MemberFacts['hold'];

/** Of several freezes the longest counts. By labels as they are now: a freeze is for what is true today. */
export async function freezesOf(within: Kysely<Tables>, organisationId: string, nowMs: number): Promise<FreezeOf> {
  const freezes = await activeFreezes(within, organisationId, nowMs);
  if (freezes.length === 0) return () => null;
  const fleet = await endpointTraits(within, organisationId, null, 'UTC');
  const holds = new Map(
    fleet.flatMap(({ id, traits }) => {
      const freeze = freezes.find(({ scope }) => matchesEndpoint(scope, traits));
      if (freeze === undefined) return [];
      const { by, reason, endsMs: untilMs } = freeze;
      return [[id, { why: `frozen by ${by}: ${reason}`, untilMs }] as const];
    }),
  );
  return (endpointId) => holds.get(endpointId) ?? null;
}
