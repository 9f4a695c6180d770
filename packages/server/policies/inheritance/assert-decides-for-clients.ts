import { type Kysely, sql } from 'kysely';
import { type Principal, permissionsInEach } from '../../access/index.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';

/**
 * What holds for clients is decided by who may decide there: else writing a policy here would be a way to install something where one
 * has no role. Tokens stay in their organisation.
 *
 * @throws HttpProblem 403 `not-in-clients`
 */
export async function assertDecidesForClients(within: Kysely<Tables>, principal: Principal): Promise<void> {
  if (principal.kind === 'local') return;
  const { rows } = await sql<{ id: string }>`
    select b.id from organisations_below(${principal.organisationId}::uuid) b
    join organisation o on o.id = b.id and o.archived_at is null`.execute(within);
  if (principal.kind === 'token' && rows.length > 0) throw notInClients('An API token acts in its organisation alone.');
  const ids = rows.map(({ id }) => id);
  const permissions = await permissionsInEach(within, principal.id, ids);
  for (const id of ids) {
    if (permissions.get(id)?.get('policies:write')?.kind !== 'all')
      throw notInClients('Your role does not hold in every client of this organisation.');
  }
}

function notInClients(detail: string): HttpProblem {
  return new HttpProblem(403, 'not-in-clients', {
    detail: `${detail} This policy is for clients too.`,
    hint: 'Ask somebody whose role with the permission policies:write also holds in clients, or leave `clients` out.',
  });
}
