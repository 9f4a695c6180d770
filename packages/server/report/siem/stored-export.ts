import type { EvidenceExport, ExportDestination, ExportFormat } from '@thimble/protocol';

/** As the table has it. */
export interface StoredExport {
  readonly organisation_id: string;
  readonly name: string;
  readonly destination: ExportDestination;
  readonly format: ExportFormat;
  readonly secret_sealed: Buffer | null;
  readonly created_at: Date;
  readonly sent_through: number;
  readonly last_sent_at: Date | null;
  readonly next_try_at: Date;
  readonly failures: number;
  readonly failing_since: Date | null;
  readonly failure: string | null;
}

/** What a secret of an export is sealed for. */
export const SECRET_PURPOSE = 'evidence_export.secret_sealed';

/** @param newest sequence of the newest record of its organisation */
export function describeExport(row: StoredExport, newest: number): EvidenceExport {
  const { name, destination, format, failing_since: since, failure } = row;
  return {
    name,
    destination,
    format,
    hasSecret: row.secret_sealed !== null,
    createdAt: row.created_at.toISOString(),
    sentThrough: row.sent_through,
    behind: Math.max(0, newest - row.sent_through),
    lastSentAt: row.last_sent_at?.toISOString() ?? null,
    trouble:
      since === null
        ? null
        : { since: since.toISOString(), message: failure ?? 'unknown', nextTryAt: row.next_try_at.toISOString() },
  };
}
