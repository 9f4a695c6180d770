import { type Kysely, sql } from 'kysely';
import { asSystem, type Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { assertNotBeyond } from '../permissions/assert-not-beyond.ts';
import type { Authority } from '../permissions/authority.ts';
import { permissionsOf } from '../permissions/permissions-of.ts';
import { type Voucher, authorityBelow } from './authority-below.ts';
import { type KeptGrant, readGrants } from './read-grants.ts';

/**
 * Whoever can change an account, or make a link for it, can be that person. So it takes all that the person has, in every
 * organisation, and also while they are shut out: letting them in again gives it back.
 *
 * @throws HttpProblem 403 `beyond-yourself`
 */
export async function assertNotBeyondPerson(
  { database: { kysely } }: Pick<AccessContext, 'database'>,
  operator: Voucher,
  personId: string,
): Promise<void> {
  if (operator.kind === 'local') return;
  // Of other organisations a request sees nothing, and this has to.
  await asSystem(async () => {
    for (const { organisationId, includeClients, authority } of await heldBy(kysely, personId)) {
      const own = includeClients
        ? await authorityBelow(kysely, operator, organisationId)
        : await ownIn(kysely, operator, organisationId);
      assertNotBeyond(own, authority);
    }
  });
}

async function ownIn(kysely: Kysely<Tables>, operator: Voucher, organisationId: string): Promise<Authority> {
  if (organisationId === operator.organisationId) return operator.permissions;
  // A token is for its organisation alone.
  if (operator.kind !== 'person' || operator.personId === null) return new Map();
  return permissionsOf(kysely, operator.personId, organisationId);
}

async function heldBy(
  kysely: Kysely<Tables>,
  personId: string,
): Promise<readonly (KeptGrant & { readonly organisationId: string })[]> {
  const { rows } = await sql<{ organisation_id: string }>`
    select distinct organisation_id from access_grant where person_id = ${personId}`.execute(kysely);
  const held = await Promise.all(
    rows.map(async ({ organisation_id: organisationId }) =>
      (await readGrants(kysely, organisationId, personId)).map((grant) => ({ ...grant, organisationId })),
    ),
  );
  return held.flat();
}
