import type { EvidenceExportTest } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { readEvidence } from '../read-evidence.ts';
import { problemOf } from './problem-of.ts';
import { sendRecords } from './send-records.ts';
import type { StoredExport } from './stored-export.ts';

/**
 * Sends the newest record, whether or not the receiver has it: it knows by `metadata.uid` that it comes again. Where the export has
 * come to stays as it is; what waited for the end of a pause is sent when this went well.
 *
 * @throws HttpProblem 404 `unknown-export`
 */
export async function testExport(
  context: ServerContext,
  organisationId: string,
  name: string,
): Promise<EvidenceExportTest> {
  const { kysely } = context.database;
  const ours = sql`organisation_id = ${organisationId} and name = ${name}`;
  const { rows } = await sql<StoredExport>`select * from evidence_export where ${ours}`.execute(kysely);
  const [stored] = rows;
  // Setting an export is evidence: there is a newest record.
  const records = await readEvidence(kysely, organisationId, sql`true`, 1, 'newest-first');
  const sequence = records[0]?.sequence;
  if (stored === undefined || sequence === undefined)
    throw new HttpProblem(404, 'unknown-export', { detail: 'There is no such export.' });
  const startedAt = context.clock().getTime();
  const problem = await sendRecords(context, stored, records).then(() => null, problemOf);
  const now = context.clock();
  if (problem === null)
    await sql`update evidence_export set next_try_at = ${now} where ${ours} and next_try_at > ${now}`.execute(kysely);
  return { sequence, tookMs: Math.max(0, now.getTime() - startedAt), problem };
}
