import { ORGANISATION_LEVELS, type Organisation } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type Principal, permissionsOf } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import { HttpProblem } from '../http/index.ts';
import { alignClients, lockPolicyTree } from '../policies/index.ts';
import { type Tables, asSystem } from '../storage/index.ts';
import { assertNameFree } from './name-free.ts';
import { recordInEach } from './record-in-each.ts';
import { ORGANISATION_COLUMNS, type OrganisationRow, toOrganisation } from './rows.ts';

/**
 * A client below the organisation in which the caller acts. Who makes it is its owner, unless they already have a role there by
 * one that holds in clients: else nobody could enter it.
 *
 * @throws HttpProblem 409 `name-taken`, `too-deep`
 */
export async function createOrganisation(
  context: ServerContext,
  operator: Principal,
  name: string,
): Promise<Organisation> {
  const id = context.newId();
  const now = context.clock();
  const parentId = operator.organisationId;
  // Its rows are of an organisation that the request is not in.
  const row = await asSystem(() =>
    context.database.kysely.transaction().execute(async (within) => {
      await lockPolicyTree(within, parentId);
      const above = await sql`select id from organisations_above(${parentId}::uuid)`.execute(within);
      if (above.rows.length >= ORGANISATION_LEVELS)
        throw new HttpProblem(409, 'too-deep', {
          detail: `There are ${ORGANISATION_LEVELS} levels of organisations; this one has no clients.`,
          hint: 'Make it below the provider.',
        });
      await assertNameFree(within, parentId, name, null);
      const { rows } = await sql<OrganisationRow>`
        with o as (insert into organisation (id, name, parent_id, created_at) values (${id}, ${name}, ${parentId}, ${now})
          returning *) select ${ORGANISATION_COLUMNS} from o`.execute(within);
      await letIn(within, context, operator, id, now);
      const inherited = await alignClients(within, context, operator.name, id);
      const made = {
        at: now,
        kind: 'organisation-created' as const,
        actor: operator.name,
        summary: `${operator.name} made the client ${name}`,
        detail: { organisationId: id, parentId, name },
      };
      await recordInEach(within, [parentId, id], made, inherited);
      return rows[0];
    }),
  );
  if (row === undefined) throw new Error('an inserted organisation did not come back');
  return toOrganisation(row);
}

async function letIn(
  within: Kysely<Tables>,
  { newId }: ServerContext,
  { kind, id: personId, name }: Principal,
  organisationId: string,
  now: Date,
): Promise<void> {
  if (kind !== 'person' || (await permissionsOf(within, personId, organisationId)).size > 0) return;
  await sql`insert into access_grant (id, person_id, organisation_id, role_id, created_at, created_by)
    values (${newId()}, ${personId}, ${organisationId}, 'owner', ${now}, ${name})`.execute(within);
}
