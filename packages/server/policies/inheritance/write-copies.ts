import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { Difference } from './find-differences.ts';

type Copy = Difference & { readonly id: string };

/** In as many statements for one client as for a thousand. Those that go, go first: their names may be taken by those that come. */
export async function writeCopies(
  within: Kysely<Tables>,
  copies: readonly Copy[],
  actor: string,
  now: Date,
): Promise<void> {
  const gone = copies.filter(({ kind }) => kind === 'removed').map(({ id }) => id);
  await sql`update policy set removed_at = ${now}, removed_by = ${actor} where id = any(${gone}::uuid[])`.execute(
    within,
  );
  const written = JSON.stringify(copies.filter(({ kind }) => kind !== 'removed'));
  await sql`
    insert into policy (id, organisation_id, name, version, created_at, origin_policy_id, origin_levels, origin_name)
    select id, "organisationId", name, version, ${now}, "originPolicyId", levels, "from"
    from jsonb_to_recordset(${written}::jsonb) as c (${COLUMNS})
    on conflict (id) do update set name = excluded.name, version = excluded.version, removed_at = null, removed_by = null`.execute(
    within,
  );
  await sql`
    insert into policy_version
      (policy_id, organisation_id, version, document, text, sha256, note, created_at, created_by, origin_version)
    select c.id, c."organisationId", c.version, v.document, v.text, v.sha256, v.note, ${now}, v.created_by, v.version
    from jsonb_to_recordset(${written}::jsonb) as c (${COLUMNS})
    join policy_version v on v.policy_id = c."originPolicyId" and v.version = c."originVersion"`.execute(within);
  // Who wrote it answers for it wherever it holds: with four eyes they may not approve it there either.
  await sql`
    insert into proposal (subject, organisation_id, answerable, at)
    select 'policy:' || c.id || ':' || c.version, c."organisationId", o.answerable, ${now}
    from jsonb_to_recordset(${written}::jsonb) as c (${COLUMNS})
    join proposal o on o.subject = 'policy:' || c."originPolicyId" || ':' || c."originVersion"
    on conflict do nothing`.execute(within);
}

const COLUMNS = sql.raw(
  `id uuid, "organisationId" uuid, name text, version integer, "originPolicyId" uuid, levels integer, "from" text, "originVersion" integer`,
);
