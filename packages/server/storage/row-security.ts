import type { ClientBase, Pool } from 'pg';
import { StorageError } from './error.ts';
import { TENANT_ROLE } from './sighted-pool.ts';
import { asNobody, asOrganisation } from './tenancy.ts';

/** What PostgreSQL says when a role exists: made by a server that started at the same time on another database. */
const EXISTS = new Set(['42710', '23505']);

/**
 * Brings the policies up to the tables that there are now (see migration 0090). Roles belong to a whole PostgreSQL and not
 * to a database, so the one of tenants is made here: a migration or a backup would not bring it to another machine.
 *
 * @throws StorageError `role-missing`
 */
export async function enforceRowSecurity(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ defined: boolean }>(
    `select to_regproc('enforce_row_security') is not null as defined`,
  );
  if (rows[0]?.defined !== true) return;
  await ensureTenantRole(client);
  await client.query('select enforce_row_security()');
}

/** @throws StorageError `role-missing` */
async function ensureTenantRole(client: ClientBase): Promise<void> {
  try {
    const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [TENANT_ROLE]);
    if (rowCount === 0)
      await client.query(`create role ${TENANT_ROLE} nologin nobypassrls`).catch((error: { code?: string }) => {
        if (!EXISTS.has(error.code ?? '')) throw error;
      });
    // Since PostgreSQL 16 who made a role may not take it at once, but may give itself that right.
    await takeRole(client).catch(async () => {
      await client.query(`grant ${TENANT_ROLE} to current_user`);
      await takeRole(client);
    });
  } catch (cause) {
    throw new StorageError(
      'role-missing',
      `organisations are kept apart by the role ${TENANT_ROLE}, which the database's user may not make (${(cause as Error).message}). Run as an administrator of PostgreSQL: create role ${TENANT_ROLE} nologin; grant ${TENANT_ROLE} to THE_USER;`,
      { cause },
    );
  }
}

async function takeRole(client: ClientBase): Promise<void> {
  await client.query(`set role ${TENANT_ROLE}`);
  await client.query('reset role');
}

/** Of no organisation. */
const STRANGER = '00000000-0000-4000-8000-000000000000';

/**
 * Proves that requests are held to their organisation before the first of them comes.
 *
 * @throws StorageError `not-isolated`
 */
export async function assertIsolated(pool: Pool): Promise<void> {
  for (const as of [asNobody, <T>(act: () => T): T => asOrganisation(STRANGER, act)]) {
    const { rows } = await as(() =>
      pool.query<{ free: boolean; sees: boolean; open: string[] }>(
        `select r.rolsuper or r.rolbypassrls or r.rolname <> $1 as free,
           exists (select 1 from organisation) or exists (select 1 from person) as sees,
           array(select relation::text from row_security_rules() where not row_security_active(relation)) as open
         from pg_roles r where r.rolname = current_user`,
        [TENANT_ROLE],
      ),
    );
    const [row] = rows;
    if (row === undefined || row.free || row.sees || row.open.length > 0)
      throw new StorageError(
        'not-isolated',
        `the database would show an organisation's rows to others${
          row !== undefined && row.open.length > 0 ? ` (${row.open.join(', ')})` : ''
        }; the server does not start like this. Row-level security or the role ${TENANT_ROLE} was changed: start once with a user that owns the tables and may make roles.`,
      );
  }
}
