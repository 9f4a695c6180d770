import type { ApiToken } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { knownPermissions, permissionsOfRole } from '../permissions/permissions-of.ts';
import { nameOfRole } from '../roles/role-of.ts';

const TOKENS_SHOWN = 1000;

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly use_count: number;
  readonly role_id: string | null;
  readonly permissions: readonly string[] | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly role_name: string | null;
  readonly role_permissions: readonly string[] | null;
  readonly person_id: string | null;
  readonly person_name: string | null;
}

/** @param personId only theirs; undefined: of everybody. null: of the server's own socket */
export async function listTokens(
  kysely: Kysely<Tables>,
  organisationId: string,
  personId: string | null | undefined,
): Promise<ApiToken[]> {
  const rows = await readTokens(
    kysely,
    organisationId,
    personId === undefined ? sql`true` : sql`t.person_id is not distinct from ${personId}::uuid`,
  );
  return rows.map(describe);
}

export async function describeToken(kysely: Kysely<Tables>, organisationId: string, id: string): Promise<ApiToken> {
  const [row] = await readTokens(kysely, organisationId, sql`t.id = ${id}`);
  if (row === undefined) throw new Error('a token that was just made is not there');
  return describe(row);
}

async function readTokens(
  kysely: Kysely<Tables>,
  organisationId: string,
  which: ReturnType<typeof sql>,
): Promise<TokenRow[]> {
  const { rows } = await sql<TokenRow>`
    select t.id, t.name, t.created_at, t.expires_at, t.last_used_at, t.use_count, t.role_id, t.permissions, t.labels,
      r.name as role_name, r.permissions as role_permissions, t.person_id, p.name as person_name
    from api_token t
    left join access_role r on r.organisation_id = t.organisation_id and r.id = t.own_role_id
    left join person p on p.id = t.person_id
    where t.organisation_id = ${organisationId} and t.revoked_at is null and ${which}
    order by t.created_at desc, t.id desc limit ${TOKENS_SHOWN}`.execute(kysely);
  return rows;
}

function describe(row: TokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    createdBy: row.person_name ?? 'local operator',
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    useCount: row.use_count,
    maximumUses: null,
    roleName: row.role_id === null ? null : nameOfRole(row.role_id, row.role_name),
    permissions: [
      ...(row.role_id === null
        ? knownPermissions(row.permissions ?? [])
        : permissionsOfRole(row.role_id, row.role_permissions)),
    ],
    labels: row.labels,
  };
}
