import { PERMISSION_NAMES } from '@thimble/protocol';
import { sql } from 'kysely';
import type { AccessContext } from '../context.ts';
import { type Authority, authorityOf, intersectAuthorities } from '../permissions/authority.ts';
import { knownPermissions, permissionsOf, permissionsOfRole } from '../permissions/permissions-of.ts';
import { EVERYWHERE } from '../permissions/reach.ts';
import type { Principal } from '../principal.ts';
import { hashSecret } from '../secrets.ts';

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly organisation_id: string;
  readonly expires_at: Date | null;
  readonly person_id: string | null;
  readonly role_id: string | null;
  readonly permissions: readonly string[] | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly role_permissions: readonly string[] | null;
}

/** Recognises a token and notes its use. It may do what it was made for, as far as who made it may do that now. */
export async function findToken(
  { database, clock }: Pick<AccessContext, 'database' | 'clock'>,
  secret: string,
): Promise<Principal | undefined> {
  const { kysely } = database;
  const now = clock();
  const { rows } = await sql<TokenRow>`
    update api_token t set last_used_at = ${now}, use_count = t.use_count + 1
    where t.secret_hash = ${hashSecret(secret)} and t.revoked_at is null and (t.expires_at is null or t.expires_at > ${now})
      and not exists (select 1 from person p where p.id = t.person_id and p.disabled_at is not null)
    returning t.id, t.name, t.organisation_id, t.expires_at, t.person_id, t.role_id, t.permissions, t.labels,
      (select r.permissions from access_role r where r.organisation_id = t.organisation_id and r.id = t.own_role_id)
        as role_permissions`.execute(kysely);
  const [row] = rows;
  if (row === undefined) return undefined;
  const creator =
    row.person_id === null
      ? authorityOf(PERMISSION_NAMES)
      : await permissionsOf(kysely, row.person_id, row.organisation_id);
  return {
    kind: 'token',
    id: row.id,
    personId: row.person_id,
    name: row.name,
    organisationId: row.organisation_id,
    permissions: intersectAuthorities(scopeOf(row), creator),
    expiresAt: row.expires_at,
  };
}

function scopeOf({ role_id, role_permissions, permissions, labels }: TokenRow): Authority {
  const names = role_id === null ? knownPermissions(permissions ?? []) : permissionsOfRole(role_id, role_permissions);
  return authorityOf(names, labels === null ? EVERYWHERE : { kind: 'labels', anyOf: [labels] });
}
