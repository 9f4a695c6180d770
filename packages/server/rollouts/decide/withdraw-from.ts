import type { Kysely } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { withdrawTargets } from '../../deploy/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { RolloutRow } from '../rows.ts';

/** What a person stops does not begin on an endpoint that comes back an hour later and finds its order. */
export async function withdrawFrom(
  within: Kysely<Tables>,
  context: ServerContext,
  { run_id: id, organisation_id }: RolloutRow,
): Promise<void> {
  if (id !== null) await withdrawTargets(within, context, { id, organisation_id });
}
