import type { Permission } from '@thimble/protocol';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { permissionsOf } from '../permissions/permissions-of.ts';
import { assertNotBeyondPerson } from './assert-not-beyond-person.ts';

/**
 * Whether somebody may do, at this moment, all that a person may, and still what it took to let them in.
 *
 * @param by what it took
 * @param voucherId null: the server's own socket, which is root
 */
export async function vouchesFor(
  context: Pick<AccessContext, 'database'>,
  by: Permission,
  voucherId: string | null,
  { organisationId, personId }: { readonly organisationId: string; readonly personId: string },
): Promise<boolean> {
  if (voucherId === null) return true;
  const permissions = await permissionsOf(context.database.kysely, voucherId, organisationId);
  if (permissions.get(by)?.kind !== 'all') return false;
  try {
    await assertNotBeyondPerson(
      context,
      { kind: 'person', personId: voucherId, organisationId, permissions },
      personId,
    );
    return true;
  } catch (error) {
    if (error instanceof HttpProblem && error.code === 'beyond-yourself') return false;
    throw error;
  }
}
