import type { Kysely } from 'kysely';
import { type NewEvidence, appendEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';

/** The same in the evidence of several organisations, always in the same order: each has a lock of its own. */
export async function recordInEach(
  within: Kysely<Tables>,
  organisationIds: readonly string[],
  record: Omit<NewEvidence, 'organisationId'>,
): Promise<void> {
  for (const organisationId of [...new Set(organisationIds)].sort())
    await appendEvidence(within, [{ ...record, organisationId }]);
}
