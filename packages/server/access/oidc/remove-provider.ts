import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import type { Principal } from '../principal.ts';
import { assertRolesNotBeyond, existingRoles } from './group-roles.ts';
import { type Provider, rolesOf } from './provider.ts';

/**
 * Nobody signs in by it any more; people who came by it stay, and get a link from an administrator.
 *
 * @throws HttpProblem 403 `beyond-yourself`; 404 `not-found`; 409 `single-sign-on-only`
 */
export async function removeProvider(
  { database, clock }: AccessContext,
  operator: Principal,
  id: string,
): Promise<void> {
  const { organisationId } = operator;
  await database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<Pick<Provider, 'name' | 'issuer' | 'groupRoles'>>`
      delete from identity_provider where id = ${id} and organisation_id = ${organisationId} returning name, issuer,
        group_roles as "groupRoles"`.execute(within);
    const [provider] = rows;
    if (provider === undefined)
      throw new HttpProblem(404, 'not-found', { detail: 'There is no such identity provider.' });
    await assertRolesNotBeyond(
      within,
      operator,
      await existingRoles(within, organisationId, rolesOf(provider.groupRoles)),
    );
    const { rows: stuck } = await sql`
      select 1 from sign_in_rules r where r.organisation_id = ${organisationId} and r.single_sign_on_only
        and not exists (select 1 from identity_provider p where p.organisation_id = r.organisation_id and p.enabled)`.execute(
      within,
    );
    if (stuck.length > 0)
      throw new HttpProblem(409, 'single-sign-on-only', {
        detail: 'Single sign-on is demanded, and this is the last provider: nobody could sign in.',
        hint: 'Let people sign in in other ways first.',
      });
    await appendEvidence(within, [
      {
        organisationId,
        at: clock(),
        kind: 'identity-provider-removed',
        actor: operator.name,
        summary: `${operator.name} removed the identity provider ${provider.name} (${provider.issuer})`,
        detail: { providerId: id },
      },
    ]);
  });
}
