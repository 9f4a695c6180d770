import type { FixState } from '@thimble/protocol';
import { sql } from 'kysely';
import type { Occurrence } from './classify.ts';

export interface OccurrenceRow {
  readonly vulnerability: string;
  readonly outcome: 'affected' | 'unknown';
  readonly name: string;
  readonly version: string;
  readonly architecture: string | null;
  readonly source_name: string | null;
  readonly namespace: string;
  readonly purl: string;
  readonly origin: string;
  readonly kernel_release: string | null;
  readonly fix_state: FixState;
  readonly fix_version: string | null;
  readonly vendor_status: string | null;
}

/** Of a verdict `v` about software `s`. */
export const OCCURRENCE_COLUMNS = sql`v.vulnerability, v.outcome, s.name, s.version, s.architecture, s.source_name,
  s.namespace, s.purl, s.origin, s.kernel_release, v.fix_state, v.fix_version, v.vendor_status`;

export function occurrenceOf(row: OccurrenceRow): Occurrence {
  return {
    vulnerability: row.vulnerability,
    outcome: row.outcome,
    name: row.name,
    version: row.version,
    architecture: row.architecture,
    source: row.source_name,
    namespace: row.namespace,
    purl: row.purl,
    origin: row.origin,
    kernelRelease: row.kernel_release,
    fixState: row.fix_state,
    fixVersion: row.fix_version,
    vendorStatus: row.vendor_status,
  };
}
