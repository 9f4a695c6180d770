import type { Kysely } from 'kysely';
import { type NewEvidence, appendInEach } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';

/** The same in the evidence of several organisations, and what else happened with it. */
export async function recordInEach(
  within: Kysely<Tables>,
  organisationIds: readonly string[],
  record: Omit<NewEvidence, 'organisationId'>,
  more: readonly NewEvidence[] = [],
): Promise<void> {
  const same = [...new Set(organisationIds)].map((organisationId) => ({ ...record, organisationId }));
  await appendInEach(within, [...same, ...more]);
}
