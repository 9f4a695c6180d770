import { DEFAULT_ORGANISATION_ID } from '../access/index.ts';
import { appendEvidence } from '../report/index.ts';
import { asSystem, type Database } from '../storage/index.ts';
import type { BackupReport } from './make-backup.ts';

/**
 * That there is a backup, in the evidence of the first organisation, which the server belongs to. Of itself a backup tells nothing: it is
 * of the moment before.
 */
export async function recordBackup(
  { kysely }: Pick<Database, 'kysely'>,
  at: Date,
  { tables, rows, keys }: BackupReport,
  sealed: boolean,
): Promise<void> {
  const record = {
    organisationId: DEFAULT_ORGANISATION_ID,
    at,
    kind: 'backed-up',
    actor: 'thimble backup',
    summary: `Everything was backed up: ${rows} rows, ${keys.length} key files, ${sealed ? 'sealed' : 'not sealed'}.`,
    detail: { tables, rows, keys: [...keys], sealed },
  } as const;
  await asSystem(() => kysely.transaction().execute((within) => appendEvidence(within, [record])));
}
