import type { Override, SeverityLevel, Decision } from '@thimble/advisories';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

export interface OverrideRow {
  readonly vulnerability: string;
  readonly severity: SeverityLevel | null;
  readonly decision: Decision | null;
  readonly score: number | null;
  readonly reason: string;
  readonly created_by: string;
  readonly created_at: Date;
}

/** What an organisation put in the place of what was computed, as it held at a moment. */
export async function readOverrides(
  within: Kysely<Tables>,
  organisationId: string,
  vulnerabilities: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, OverrideRow>> {
  const { rows } = await sql<OverrideRow>`
    select vulnerability, severity, decision, score, reason, created_by, created_at from vulnerability_override
    where organisation_id = ${organisationId} and vulnerability = any(${vulnerabilities}::text[])
      and created_at <= ${at}::timestamptz and (ended_at is null or ended_at > ${at}::timestamptz)
    order by created_at`.execute(within);
  return new Map(rows.map((row) => [row.vulnerability, row]));
}

export function overrideOf({
  severity,
  decision,
  score,
  reason,
  created_by: by,
  created_at: at,
}: OverrideRow): Override {
  return { severity, decision, score, reason, by, at: at.toISOString() };
}
