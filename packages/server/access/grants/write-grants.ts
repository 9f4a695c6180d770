import type { Grant } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { ACCESS_TOPIC } from '../access-topic.ts';
import type { AccessContext } from '../context.ts';
import { roleOf } from '../roles/role-of.ts';
import { assertOwnerRemains, lockGrants } from './owners.ts';
import { nameOfPerson, readGrants } from './read-grants.ts';

export interface GrantsOfPerson {
  readonly organisationId: string;
  readonly personId: string;
  readonly grants: readonly Grant[];
  /** Who does it, as the evidence names it. */
  readonly actor: string;
}

/**
 * Makes these the grants of a person in an organisation; those that stay keep their date. Who may do so is the caller's
 * matter (see setGrants); this is also for what decides by itself, such as groups of an identity provider. Nothing happens,
 * and nothing is recorded, when all is so already.
 *
 * @throws HttpProblem 404 `unknown-person`; 409 `last-owner`; 422 `unknown-role`
 */
export async function writeGrants(
  within: Kysely<Tables>,
  { clock, newId, events }: Pick<AccessContext, 'clock' | 'newId' | 'events'>,
  { organisationId, personId, grants, actor }: GrantsOfPerson,
): Promise<void> {
  await lockGrants(within, organisationId);
  const name = await nameOfPerson(within, organisationId, personId);
  const before = await readGrants(within, organisationId, personId);
  const had = new Set(before.map(grantKey));
  const wanted = new Map(grants.map((grant) => [grantKey(grant), grant]));
  const gone = before.filter((grant) => !wanted.has(grantKey(grant)));
  const fresh = [...wanted].flatMap(([key, grant]) => (had.has(key) ? [] : [grant]));
  if (gone.length === 0 && fresh.length === 0) return;
  const now = clock();
  await sql`delete from access_grant where organisation_id = ${organisationId}
    and id = any(${gone.map(({ id }) => id)}::uuid[])`.execute(within);
  const names: string[] = [];
  for (const grant of fresh) {
    const role = await roleOf(within, organisationId, grant.roleId);
    names.push(role.name);
    const labels = grant.labels === null ? null : JSON.stringify(grant.labels);
    await sql`
      insert into access_grant (id, person_id, organisation_id, role_id, labels, include_clients, created_at, created_by)
      values (${newId()}, ${personId}, ${organisationId}, ${grant.roleId}, ${labels}::jsonb, ${grant.includeClients},
        ${now}, ${actor})`.execute(within);
  }
  if (gone.some(({ roleId }) => roleId === 'owner')) await assertOwnerRemains(within, organisationId);
  await events.publish({ organisationId, topic: ACCESS_TOPIC, key: personId }, within);
  const given = names.length === 0 ? '' : ` gave ${name} ${names.join(', ')}`;
  const taken = gone.length === 0 ? '' : ` took ${gone.map(({ roleName }) => roleName).join(', ')} from ${name}`;
  await appendEvidence(within, [
    {
      organisationId,
      at: now,
      kind: 'grants-changed',
      actor,
      summary: `${actor}${given}${given !== '' && taken !== '' ? ' and' : ''}${taken}`,
      detail: { personId, given: fresh.map(plain), taken: gone.map(plain) },
    },
  ]);
}

/** Equal for grants that say the same, in whatever order their labels come. */
export function grantKey({ roleId, labels, includeClients }: Grant): string {
  const sorted = labels === null ? null : Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([roleId, sorted, includeClients]);
}

function plain({ roleId, labels, includeClients }: Grant): Grant {
  return { roleId, labels, includeClients };
}
