import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';

/** Why nothing may be ordered in an organisation, as a column of a query whose row knows the organisation; null: it may. */
export function haltReason(organisationColumn: string) {
  return sql<string | null>`(select h.reason from emergency_halt h
    where h.organisation_id = ${sql.ref(organisationColumn)} and h.state = 'in-force' and h.action = 'stop')`;
}

/** @throws HttpProblem 409 `halted` */
export async function assertNotHalted(within: Kysely<Tables>, organisationId: string): Promise<void> {
  const { rows } = await sql<{ reason: string | null }>`
    select ${haltReason('o.id')} as reason from organisation o where o.id = ${organisationId}`.execute(within);
  const reason = rows[0]?.reason ?? null;
  if (reason === null) return;
  throw new HttpProblem(409, 'halted', {
    detail: `Everything is stopped: ${reason}`,
    hint: 'End the emergency stop first: thimble emergency-stop --resume',
  });
}
