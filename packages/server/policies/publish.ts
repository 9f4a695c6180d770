import type { Kysely } from 'kysely';
import type { ServerContext } from '../context.ts';
import type { Tables } from '../storage/index.ts';

/** What planners listen to: policies, calendars or freezes are different now. */
export const POLICIES_TOPIC = 'policies';

export async function publishPolicies(
  { events }: Pick<ServerContext, 'events'>,
  organisationId: string,
  within?: Kysely<Tables>,
): Promise<void> {
  await events.publish(
    { organisationId, topic: POLICIES_TOPIC, key: organisationId, live: { kind: 'policies-changed' } },
    within,
  );
}
