import type { PolicyClient } from '@thimble/protocol';
import type { Policy } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { type Principal, permissionsInEach } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { type Tables, asSystem } from '../../storage/index.ts';
import { missingCalendars } from '../calendars/missing-calendars.ts';
import { missingContent } from '../documents/missing-content.ts';

/** More than any provider has clients; who has more sees the first of them. */
const SHOWN = 2000;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly inForce: boolean;
}

/** Where a policy of the caller's organisation holds below it, and what is missing there; of clients that the caller may look into. */
export async function policyClients(
  { database: { kysely } }: Pick<ServerContext, 'database'>,
  principal: Principal,
  policyId: string,
  policy: Policy,
): Promise<readonly PolicyClient[]> {
  // It looks beyond the caller's organisation, at clients alone, and the rows of none of them are shown.
  return asSystem(async () => {
    const { rows } = await sql<Row>`
      select o.id, o.name, exists (select from policy c where c.organisation_id = o.id and c.origin_policy_id = ${policyId}
        and c.removed_at is null) as "inForce"
      from organisations_below(${principal.organisationId}::uuid) b
      join organisation o on o.id = b.id and o.archived_at is null order by lower(o.name), o.id limit ${SHOWN}`.execute(
      kysely,
    );
    const readable = await readableOf(
      kysely,
      principal,
      rows.map(({ id }) => id),
    );
    const clients: PolicyClient[] = [];
    for (const { id, name, inForce } of rows)
      if (readable.has(id))
        clients.push({
          id,
          name,
          state: inForce ? 'in-force' : 'overridden',
          doubts: inForce ? await doubtsOf(kysely, id, policy) : [],
        });
    return clients;
  });
}

/** Those in which the caller may read policies. */
async function readableOf(
  within: Kysely<Tables>,
  { kind, id }: Principal,
  organisationIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (kind === 'local') return new Set(organisationIds);
  if (kind !== 'person') return new Set();
  const permissions = await permissionsInEach(within, id, organisationIds);
  return new Set(organisationIds.filter((each) => permissions.get(each)?.has('policies:read')));
}

async function doubtsOf(within: Kysely<Tables>, organisationId: string, policy: Policy): Promise<string[]> {
  const problems = [
    ...(await missingCalendars(within, organisationId, policy.blackouts)),
    ...(await missingContent(within, organisationId, policy)),
  ];
  return problems.map(({ message }) => message);
}
