import type { Grant } from '@thimble/protocol';
import type { Kysely } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { assertNotBeyond } from '../permissions/assert-not-beyond.ts';
import { type Authority, authorityOf, intersectAuthorities, uniteAuthorities } from '../permissions/authority.ts';
import { EVERYWHERE } from '../permissions/reach.ts';
import type { Principal } from '../principal.ts';
import { roleOf } from '../roles/role-of.ts';
import { lockGrants } from './owners.ts';
import { type KeptGrant, readGrants } from './read-grants.ts';
import { grantKey, writeGrants } from './write-grants.ts';

/**
 * Gives and takes roles on somebody's word, who needs to have all of what they give or take: an administrator makes no owners and
 * ends none, and nobody gives themselves more.
 *
 * @throws HttpProblem 403 `beyond-yourself`; 404 `unknown-person`; 409 `last-owner`; 422 `unknown-role`
 */
export async function setGrants(
  context: AccessContext,
  operator: Principal,
  personId: string,
  grants: readonly Grant[],
): Promise<void> {
  const { organisationId, name: actor } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockGrants(within, organisationId);
    const before = await readGrants(within, organisationId, personId);
    const below = await authorityBelow(within, operator);
    const limitOf = ({ includeClients }: Grant): Authority => (includeClients ? below : operator.permissions);
    const had = new Set(before.map(grantKey));
    const wanted = new Set(grants.map(grantKey));
    for (const grant of before) if (!wanted.has(grantKey(grant))) assertNotBeyond(limitOf(grant), grant.authority);
    for (const grant of grants)
      if (!had.has(grantKey(grant))) {
        const role = await roleOf(within, organisationId, grant.roleId);
        assertNotBeyond(limitOf(grant), authorityOfGrant(role.permissions, grant));
      }
    await writeGrants(within, context, { organisationId, personId, grants, actor });
  });
}

/** What the operator may do in the organisations below this one, too. */
async function authorityBelow(within: Kysely<Tables>, operator: Principal): Promise<Authority> {
  if (operator.personId === null) return operator.permissions;
  const own: readonly KeptGrant[] = await readGrants(within, operator.organisationId, operator.personId);
  const below = own.filter(({ includeClients }) => includeClients).map(({ authority }) => authority);
  return intersectAuthorities(operator.permissions, uniteAuthorities(below));
}

function authorityOfGrant(permissions: Parameters<typeof authorityOf>[0], { labels }: Grant): Authority {
  return authorityOf(permissions, labels === null ? EVERYWHERE : { kind: 'labels', anyOf: [labels] });
}
