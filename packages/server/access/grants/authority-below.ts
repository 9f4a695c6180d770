import type { Kysely } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { type Authority, intersectAuthorities, uniteAuthorities } from '../permissions/authority.ts';
import type { Principal } from '../principal.ts';
import { readGrants } from './read-grants.ts';

/** Somebody on whose authority another gets in, or changes. */
export type Voucher = Pick<Principal, 'kind' | 'personId' | 'organisationId' | 'permissions'>;

/** What somebody may do not only in an organisation but also in those below it: by grants there that say so. */
export async function authorityBelow(
  kysely: Kysely<Tables>,
  operator: Voucher,
  organisationId: string,
): Promise<Authority> {
  if (operator.kind === 'local') return operator.permissions;
  // A token is for its organisation alone.
  if (operator.kind === 'token' && organisationId !== operator.organisationId) return new Map();
  if (operator.personId === null) return operator.permissions;
  const own = await readGrants(kysely, organisationId, operator.personId);
  const below = uniteAuthorities(own.filter(({ includeClients }) => includeClients).map(({ authority }) => authority));
  return operator.kind === 'token' ? intersectAuthorities(operator.permissions, below) : below;
}
