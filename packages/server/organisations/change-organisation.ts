import type { Organisation } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { ACCESS_TOPIC, type Principal } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import { removeEndpoint } from '../deploy/index.ts';
import { HttpProblem } from '../http/index.ts';
import { alignClients, lockPolicyTree, renameOrigin } from '../policies/index.ts';
import type { NewEvidence } from '../report/index.ts';
import { type Tables, asSystem } from '../storage/index.ts';
import { assertNameFree } from './name-free.ts';
import { recordInEach } from './record-in-each.ts';
import { ORGANISATION_COLUMNS, type OrganisationRow, toOrganisation } from './rows.ts';

/** @throws HttpProblem 404 `not-found`; 409 `name-taken` */
export async function renameOrganisation(
  context: ServerContext,
  operator: Principal,
  id: string,
  name: string,
): Promise<Organisation> {
  return asSystem(() =>
    context.database.kysely.transaction().execute(async (within) => {
      await lockPolicyTree(within, id);
      const row = await lockBelow(within, operator.organisationId, id);
      await assertNameFree(within, row.parent_id, name, id);
      await sql`update organisation set name = ${name} where id = ${id}`.execute(within);
      await renameOrigin(within, id, name);
      await record(within, context, operator, row, 'organisation-renamed', `renamed ${row.name} to ${name}`);
      return toOrganisation({ ...row, name });
    }),
  );
}

/**
 * Ends an organisation: nobody can act in it any more, and nothing of it is deleted.
 *
 * @throws HttpProblem 404 `not-found`; 409 `has-endpoints`, `has-clients`, `own-organisation`
 */
export async function archiveOrganisation(
  context: ServerContext,
  operator: Principal,
  id: string,
  removeEndpoints: boolean,
): Promise<Organisation> {
  if (id === operator.organisationId)
    throw new HttpProblem(409, 'own-organisation', { detail: 'An organisation is archived from one above it.' });
  return asSystem(async () => {
    const { kysely } = context.database;
    const isBelow = await kysely
      .transaction()
      .execute(async (within) => (await lockBelow(within, operator.organisationId, id)).archived_at === null);
    if (isBelow && removeEndpoints)
      for (const endpointId of await endpointsOf(kysely, id))
        await removeEndpoint(context, { organisationId: id, name: operator.name }, endpointId);
    return kysely.transaction().execute(async (within) => {
      await lockPolicyTree(within, id);
      const row = await lockBelow(within, operator.organisationId, id);
      if (row.archived_at !== null) return toOrganisation(row);
      await assertEmpty(within, row);
      const now = context.clock();
      await sql`update organisation set archived_at = ${now} where id = ${id}`.execute(within);
      for (const table of ['api_token', 'enrolment_token'])
        await sql`update ${sql.table(table)} set revoked_at = ${now}
          where organisation_id = ${id} and revoked_at is null`.execute(within);
      await context.events.publish({ organisationId: id, topic: ACCESS_TOPIC, key: id }, within);
      const gone = await alignClients(within, context, operator.name, id);
      await record(within, context, operator, row, 'organisation-archived', `archived ${row.name}`, gone);
      return toOrganisation({ ...row, archived_at: now });
    });
  });
}

/**
 * Lets people act in an archived organisation again, with the roles that they had. Its endpoints have to be enrolled anew, and its
 * tokens stay revoked.
 *
 * @throws HttpProblem 404 `not-found`; 409 `parent-archived`, `name-taken`
 */
export async function restoreOrganisation(
  context: ServerContext,
  operator: Principal,
  id: string,
): Promise<Organisation> {
  return asSystem(() =>
    context.database.kysely.transaction().execute(async (within) => {
      await lockPolicyTree(within, id);
      const row = await lockBelow(within, operator.organisationId, id);
      if (row.archived_at === null) return toOrganisation(row);
      // It locks the one above, which then can't be archived meanwhile.
      await assertNameFree(within, row.parent_id, row.name, id);
      const above = await sql`
        select 1 from organisation where id = ${row.parent_id} and archived_at is null`.execute(within);
      if (above.rows.length === 0)
        throw new HttpProblem(409, 'parent-archived', {
          detail: `The organisation above ${row.name} is archived too.`,
          hint: 'Bring that one back first.',
        });
      await sql`update organisation set archived_at = null where id = ${id}`.execute(within);
      const inherited = await alignClients(within, context, operator.name, id);
      await record(within, context, operator, row, 'organisation-restored', `brought ${row.name} back`, inherited);
      return toOrganisation({ ...row, archived_at: null });
    }),
  );
}

/** The organisation in which the caller acts, or one below it. */
async function lockBelow(within: Kysely<Tables>, topId: string, id: string): Promise<OrganisationRow> {
  const { rows } = await sql<OrganisationRow>`
    select ${ORGANISATION_COLUMNS} from organisation o
    where o.id = ${id} and ${topId}::uuid in (select a.id from organisations_above(o.id) a) for update`.execute(within);
  const [row] = rows;
  if (row === undefined) throw new HttpProblem(404, 'not-found', { detail: 'There is no such organisation here.' });
  return row;
}

async function endpointsOf(within: Kysely<Tables>, organisationId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from endpoint where organisation_id = ${organisationId} and removed_at is null`.execute(within);
  return rows.map(({ id }) => id);
}

async function assertEmpty(within: Kysely<Tables>, { id, name }: OrganisationRow): Promise<void> {
  const clients = await sql`
    select 1 from organisation where parent_id = ${id} and archived_at is null limit 1`.execute(within);
  if (clients.rows.length > 0)
    throw new HttpProblem(409, 'has-clients', { detail: `${name} has clients.`, hint: 'Archive them first.' });
  const { length } = await endpointsOf(within, id);
  if (length > 0)
    throw new HttpProblem(409, 'has-endpoints', {
      detail: `${name} has ${length} endpoint${length === 1 ? '' : 's'}.`,
      hint: 'Remove them first, or say that they are removed with it.',
      extra: { endpointCount: length },
    });
}

async function record(
  within: Kysely<Tables>,
  { clock }: ServerContext,
  operator: Principal,
  { id, name }: OrganisationRow,
  kind: 'organisation-renamed' | 'organisation-archived' | 'organisation-restored',
  what: string,
  more: readonly NewEvidence[] = [],
): Promise<void> {
  const made = {
    at: clock(),
    kind,
    actor: operator.name,
    summary: `${operator.name} ${what}`,
    detail: { organisationId: id, before: name },
  };
  await recordInEach(within, [operator.organisationId, id], made, more);
}
