import type { Kysely } from 'kysely';
import type { Tables } from '../storage/index.ts';
import { type NewEvidence, appendEvidence } from './append-evidence.ts';

/** Records of several organisations, always in the same order: each has a lock of its own. Like `appendEvidence`, the last of a transaction. */
export async function appendInEach(within: Kysely<Tables>, records: readonly NewEvidence[]): Promise<void> {
  const byOrganisation = Map.groupBy(records, ({ organisationId }) => organisationId);
  for (const [, own] of [...byOrganisation].sort(([a], [b]) => (a < b ? -1 : 1))) await appendEvidence(within, own);
}
