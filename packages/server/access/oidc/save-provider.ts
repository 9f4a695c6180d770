import type { PutIdentityProviderRequest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import type { Principal } from '../principal.ts';
import { assertRolesNotBeyond, existingRoles } from './group-roles.ts';
import { type Provider, SECRET_PURPOSE, rolesOf } from './provider.ts';

/**
 * Adds a provider, or changes one. Its groups bring no role beyond what the operator has: who configures it could else put
 * themselves into a group.
 *
 * @param id undefined: a new one
 * @returns its id
 * @throws HttpProblem 403 `beyond-yourself`; 404 `not-found`; 409 `name-taken`, `other-issuer`; 422 `unknown-role`
 */
export async function saveProvider(
  { database, clock, newId, secrets }: AccessContext,
  operator: Principal,
  id: string | undefined,
  provider: PutIdentityProviderRequest,
): Promise<string> {
  const { organisationId } = operator;
  const { clientSecret, issuer, clientId, scopes, groupsClaim, groupRoles, createsPeople, enabled } = provider;
  const name = provider.name.trim();
  const configuredBy = operator.kind === 'local' ? null : operator.personId;
  const sealed = clientSecret == null ? null : secrets.seal(SECRET_PURPOSE, clientSecret);
  return database.kysely.transaction().execute(async (within) => {
    await assertRolesNotBeyond(within, operator, rolesOf(groupRoles));
    await assertNameFree(within);
    const saved = id === undefined ? await insert(within) : await update(within, id);
    await appendEvidence(within, [
      {
        organisationId,
        at: clock(),
        kind: 'identity-provider-changed',
        actor: operator.name,
        summary: `${operator.name} ${id === undefined ? 'added' : 'changed'} the identity provider ${name} (${issuer})`,
        detail: {
          providerId: saved,
          issuer,
          clientId,
          groupRoles,
          createsPeople,
          enabled,
          secretChanged: clientSecret !== undefined,
        },
      },
    ]);
    return saved;
  });

  async function assertNameFree(within: Kysely<Tables>): Promise<void> {
    const { rows } = await sql<{ id: string }>`
      select id from identity_provider where organisation_id = ${organisationId} and name = ${name}`.execute(within);
    if (rows.some((row) => row.id !== id))
      throw new HttpProblem(409, 'name-taken', { detail: `There is an identity provider ${name} already.` });
  }

  async function insert(within: Kysely<Tables>): Promise<string> {
    const made = newId();
    await sql`
      insert into identity_provider (id, organisation_id, name, issuer, client_id, client_secret_sealed, scopes,
        groups_claim, group_roles, creates_people, enabled, configured_by, created_at)
      values (${made}, ${organisationId}, ${name}, ${issuer}, ${clientId}, ${sealed}, ${scopes}, ${groupsClaim},
        ${JSON.stringify(groupRoles)}::jsonb, ${createsPeople}, ${enabled}, ${configuredBy}, ${clock()})`.execute(
      within,
    );
    return made;
  }

  async function update(within: Kysely<Tables>, known: string): Promise<string> {
    const { rows } = await sql<{ issuer: string; groupRoles: Provider['groupRoles'] }>`
      select issuer, group_roles as "groupRoles" from identity_provider where id = ${known} and organisation_id = ${organisationId} for update`.execute(
      within,
    );
    const [before] = rows;
    if (before === undefined)
      throw new HttpProblem(404, 'not-found', { detail: 'There is no such identity provider.' });
    // What it brings to others is not theirs to take either.
    await assertRolesNotBeyond(
      within,
      operator,
      await existingRoles(within, organisationId, rolesOf(before.groupRoles)),
    );
    // Subjects are the issuer's: at another one they would be other people's.
    if (before.issuer !== issuer)
      throw new HttpProblem(409, 'other-issuer', {
        detail: 'The issuer of a provider can’t change: people are known by it.',
        hint: 'Add another provider.',
      });
    const secret = clientSecret === undefined ? sql`client_secret_sealed` : sql`${sealed}`;
    await sql`
      update identity_provider set name = ${name}, client_id = ${clientId}, client_secret_sealed = ${secret},
        scopes = ${scopes}, groups_claim = ${groupsClaim}, group_roles = ${JSON.stringify(groupRoles)}::jsonb,
        creates_people = ${createsPeople}, enabled = ${enabled}, configured_by = ${configuredBy}
      where id = ${known}`.execute(within);
    return known;
  }
}
