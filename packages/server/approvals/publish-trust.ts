import type { Kysely } from 'kysely';
import type { ServerContext } from '../context.ts';
import type { Tables } from '../storage/index.ts';

/** Who did it, for the record. */
export interface Operator {
  readonly organisationId: string;
  readonly name: string;
}

/** What replicas, held requests and browsers hear when approvers, approvals, stops or order keys change. */
export const TRUST_TOPIC = 'trust';

export async function publishTrust(
  context: Pick<ServerContext, 'events'>,
  organisationId: string,
  within: Kysely<Tables>,
): Promise<void> {
  const live = { kind: 'approvals-changed' } as const;
  await context.events.publish({ organisationId, topic: TRUST_TOPIC, key: organisationId, live }, within);
}
