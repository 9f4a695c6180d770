import type { Assessment } from '@thimble/advisories';
import { type Kysely, sql } from 'kysely';
import { storableJson } from '../../advisories/index.ts';
import type { Tables } from '../../storage/index.ts';
import { type VerdictRow, verdictRow } from './conclusion.ts';

/** Rows written in one statement: evidence of a kernel is a kilobyte for each of a thousand vulnerabilities. */
const ROWS = 2_000;

export interface Concluded {
  readonly softwareId: number;
  readonly assessment: Assessment;
}

/**
 * Writes what is new and ends what does not hold any more; what is equal stays as it is.
 *
 * @returns the vulnerabilities of which something changed, and the software in which it did.
 */
export async function writeVerdicts(
  within: Kysely<Tables>,
  concluded: readonly Concluded[],
  now: Date,
): Promise<{ readonly vulnerabilities: ReadonlySet<string>; readonly software: ReadonlySet<number> }> {
  const ids = concluded.map(({ softwareId }) => softwareId);
  const { rows: open } = await sql<{ id: number; software_id: number; vulnerability: string; digest: string }>`
    select id, software_id, vulnerability, encode(digest, 'hex') as digest from verdict
    where software_id = any(${ids}::int[]) and valid_to is null`.execute(within);
  const before = new Map(open.map((row) => [`${row.software_id} ${row.vulnerability}`, row]));
  const fresh: VerdictRow[] = [];
  for (const { softwareId, assessment } of concluded)
    for (const verdict of assessment.verdicts) {
      const row = verdictRow(softwareId, verdict);
      const name = `${softwareId} ${verdict.vulnerability}`;
      if (before.get(name)?.digest === row.digest) before.delete(name);
      else fresh.push(row);
    }
  const ended = [...before.values()];
  if (ended.length > 0)
    await sql`update verdict set valid_to = ${now} where id = any(${ended.map(({ id }) => id)}::bigint[])`.execute(
      within,
    );
  for (let at = 0; at < fresh.length; at += ROWS) await insertVerdicts(within, fresh.slice(at, at + ROWS), now);
  await writeGaps(within, concluded, now);
  await sql`update software set assessed_at = ${now} where id = any(${ids}::int[])`.execute(within);
  const changed = [...fresh, ...ended];
  return {
    vulnerabilities: new Set(changed.map(({ vulnerability }) => vulnerability)),
    software: new Set(changed.map(({ software_id: id }) => id)),
  };
}

async function insertVerdicts(within: Kysely<Tables>, rows: readonly VerdictRow[], now: Date): Promise<void> {
  await sql`
    insert into verdict (software_id, vulnerability, outcome, fix_state, fix_version, fix_of, fix_channel, vendor_status,
      severity, digest, evidence, valid_from)
    select r.software_id, r.vulnerability, r.outcome, r.fix_state, r.fix_version, r.fix_of, r.fix_channel, r.vendor_status,
      r.severity, decode(r.digest, 'hex'), r.evidence, ${now}::timestamptz
    from jsonb_to_recordset(${storableJson(rows)}::jsonb) as r (software_id int, vulnerability text, outcome text,
      fix_state text, fix_version text, fix_of text, fix_channel text, vendor_status text, severity text, digest text,
      evidence jsonb)`.execute(within);
}

async function writeGaps(within: Kysely<Tables>, concluded: readonly Concluded[], now: Date): Promise<void> {
  const rows = concluded.flatMap(({ softwareId, assessment }) =>
    assessment.gaps.map(({ reason, why, vulnerability }) => ({ software_id: softwareId, reason, why, vulnerability })),
  );
  const ids = concluded.map(({ softwareId }) => softwareId);
  await sql`
    with given as (
      select distinct r.software_id, r.reason, r.why, r.vulnerability
      from jsonb_to_recordset(${storableJson(rows)}::jsonb) as r (software_id int, reason text, why text,
        vulnerability text)),
    ended as (
      update software_gap g set valid_to = ${now}::timestamptz
      where g.software_id = any(${ids}::int[]) and g.valid_to is null and not exists (
        select 1 from given where given.software_id = g.software_id and given.reason = g.reason and given.why = g.why
          and given.vulnerability is not distinct from g.vulnerability))
    insert into software_gap (software_id, reason, why, vulnerability, valid_from)
    select software_id, reason, why, vulnerability, ${now}::timestamptz from given
    where not exists (
      select 1 from software_gap g where g.software_id = given.software_id and g.valid_to is null
        and given.reason = g.reason and given.why = g.why and given.vulnerability is not distinct from g.vulnerability)`.execute(
    within,
  );
}
