import type { Grant } from '@thimble/protocol';
import type { AccessContext } from '../context.ts';
import { assertNotBeyond } from '../permissions/assert-not-beyond.ts';
import { type Authority, authorityOf } from '../permissions/authority.ts';
import { EVERYWHERE } from '../permissions/reach.ts';
import type { Principal } from '../principal.ts';
import { roleOf } from '../roles/role-of.ts';
import { authorityBelow } from './authority-below.ts';
import { lockGrants } from './owners.ts';
import { readGrants } from './read-grants.ts';
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
    const below = await authorityBelow(within, operator, organisationId);
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

function authorityOfGrant(permissions: Parameters<typeof authorityOf>[0], { labels }: Grant): Authority {
  return authorityOf(permissions, labels === null ? EVERYWHERE : { kind: 'labels', anyOf: [labels] });
}
