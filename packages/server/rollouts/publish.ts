import type { Kysely } from 'kysely';
import type { ServerContext } from '../context.ts';
import type { Tables } from '../storage/index.ts';

/** What reconcilers of all replicas listen to: the key is the rollout's id. */
export const ROLLOUT_TOPIC = 'rollout';
/** For browsers alone: a plan was written, which asks nobody to plan again. */
const SHOWN_TOPIC = 'rollout-shown';

/** Tells the reconcilers of all replicas and the consoles that somebody decided something. */
export async function publishDecision(
  { events }: Pick<ServerContext, 'events'>,
  rollout: { readonly id: string; readonly organisation_id: string },
  within: Kysely<Tables>,
): Promise<void> {
  await events.publish(
    {
      organisationId: rollout.organisation_id,
      topic: ROLLOUT_TOPIC,
      key: rollout.id,
      live: { kind: 'rollout-changed', rolloutId: rollout.id },
    },
    within,
  );
}

/** Tells the consoles that a rollout stands elsewhere. */
export async function publishProgress(
  { events }: Pick<ServerContext, 'events'>,
  rollout: { readonly id: string; readonly organisation_id: string },
  within: Kysely<Tables>,
): Promise<void> {
  await events.publish(
    {
      organisationId: rollout.organisation_id,
      topic: SHOWN_TOPIC,
      key: rollout.id,
      live: { kind: 'rollout-changed', rolloutId: rollout.id },
    },
    within,
  );
}
