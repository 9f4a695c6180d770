import type { FailureSharingMode } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';

/** The name of the organisation's setting. */
export const SHARE_FAILURES = 'share-failures';

/** Nobody shares who did not say so, and what can't be read is no agreement. */
export async function sharingMode(within: Kysely<Tables>, organisationId: string): Promise<FailureSharingMode> {
  const { rows } = await sql<{ value: unknown }>`
    select value from server_setting
    where organisation_id = ${organisationId} and name = ${SHARE_FAILURES}`.execute(within);
  const value = rows[0]?.value;
  return value === 'warn' || value === 'hold' ? value : 'off';
}

export async function setSharingMode(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  { organisationId, name: actor }: Principal,
  mode: FailureSharingMode,
): Promise<void> {
  await database.kysely.transaction().execute(async (within) => {
    const before = await sharingMode(within, organisationId);
    if (before === mode) return;
    const at = clock();
    await sql`
      insert into server_setting (organisation_id, name, value, updated_at)
      values (${organisationId}, ${SHARE_FAILURES}, ${JSON.stringify(mode)}::jsonb, ${at})
      on conflict (organisation_id, name) do update set value = excluded.value, updated_at = excluded.updated_at`.execute(
      within,
    );
    const summary = `${actor} set the sharing of failures with other organisations from ${before} to ${mode}`;
    await appendEvidence(within, [
      { organisationId, at, kind: 'failure-sharing-changed', actor, summary, detail: { before, after: mode } },
    ]);
  });
}
