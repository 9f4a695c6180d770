import { hashSecret, newSecret } from '@thimble/server';
import type { Target } from './target.ts';

/** An API token that may what a role may, in any organisation. @returns headers */
export async function roleToken(
  { server, organisationId: own }: Target,
  roleId: string,
  organisationId = own,
): Promise<Readonly<Record<string, string>>> {
  const { context } = server;
  const secret = newSecret('thimble_token_', context.random);
  await context.database.pool.query(
    `insert into api_token (id, organisation_id, secret_hash, name, created_by, created_at, role_id)
     values ($1, $2, $3, 'attacker', 'local:local', $4, $5)`,
    [context.newId(), organisationId, hashSecret(secret), context.clock(), roleId],
  );
  return { authorization: `Bearer ${secret}` };
}
