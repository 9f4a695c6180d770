import type { AccessContext } from '../context.ts';
import { permissionsOf } from '../permissions/permissions-of.ts';
import type { Principal } from '../principal.ts';
import { readSession } from './read-session.ts';

/** Whoever a session's secret is of, and what they may do. */
export async function findSession(context: AccessContext, secret: string): Promise<Principal | undefined> {
  const session = await readSession(context, secret);
  if (session === undefined) return undefined;
  const { personId, organisationId, name, expiresAt } = session;
  return {
    kind: 'person',
    id: personId,
    name,
    organisationId,
    personId,
    permissions: await permissionsOf(context.database.kysely, personId, organisationId),
    expiresAt,
  };
}
