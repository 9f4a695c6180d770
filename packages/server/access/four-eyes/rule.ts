import type { FourEyes, FourEyesSetting } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { appendEvidence } from '../../report/index.ts';
import { asSystem, type Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { permissionsOfRole } from '../permissions/permissions-of.ts';
import type { Principal } from '../principal.ts';

const NAME = 'four-eyes';

/** The organisation's rule, as it is in force now. */
export async function fourEyesRule(
  { database: { kysely } }: Pick<AccessContext, 'database'>,
  organisationId: string,
): Promise<FourEyes> {
  const { rows } = await sql<{ value: unknown }>`
    select value from server_setting where organisation_id = ${organisationId} and name = ${NAME}`.execute(kysely);
  const value = rows[0]?.value;
  switch (value) {
    case 'off':
      return { setting: 'off', inForce: false, why: 'Switched off: whoever proposes something may approve it.' };
    case undefined:
    case 'automatic': {
      const inForce = (await asSystem(() => countApprovers(kysely, organisationId))) > 1;
      const why = inForce
        ? 'More than one person may approve, so who proposes something can’t approve it.'
        : 'Only one person may approve, who would wait for nobody. It begins by itself when a second one may.';
      return { setting: 'automatic', inForce, why };
    }
    // 'required', and whatever else was written there by hand: fail closed.
    default:
      return { setting: 'required', inForce: true, why: 'Required: who proposes something can’t approve it.' };
  }
}

export async function setFourEyesRule(
  context: AccessContext,
  { organisationId, name: actor }: Principal,
  setting: FourEyesSetting,
): Promise<void> {
  const { database, clock } = context;
  await database.kysely.transaction().execute(async (within) => {
    const before = await fourEyesRule(context, organisationId);
    if (before.setting === setting) return;
    const now = clock();
    await sql`
      insert into server_setting (organisation_id, name, value, updated_at)
      values (${organisationId}, ${NAME}, ${JSON.stringify(setting)}::jsonb, ${now})
      on conflict (organisation_id, name) do update set value = excluded.value, updated_at = excluded.updated_at`.execute(
      within,
    );
    const summary = `${actor} set the four-eyes rule from ${before.setting} to ${setting}`;
    const detail = { before: before.setting, after: setting };
    await appendEvidence(within, [{ organisationId, at: now, kind: 'four-eyes-changed', actor, summary, detail }]);
  });
}

/** People who may approve in this organisation, on whatever endpoints; also by grants of the organisations above it. */
async function countApprovers(kysely: Kysely<Tables>, organisationId: string): Promise<number> {
  const { rows } = await sql<{ person_id: string; role_id: string; permissions: string[] | null }>`
    select g.person_id, g.role_id, r.permissions from organisations_above(${organisationId}::uuid) a
    join access_grant g on g.organisation_id = a.id and (a.distance = 0 or g.include_clients)
    join person p on p.id = g.person_id and p.disabled_at is null
    left join access_role r on r.organisation_id = g.organisation_id and r.id = g.own_role_id`.execute(kysely);
  return new Set(
    rows.flatMap(({ person_id, role_id, permissions }) =>
      permissionsOfRole(role_id, permissions).includes('runs:approve') ? [person_id] : [],
    ),
  ).size;
}
