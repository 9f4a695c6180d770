import type { CreateTokenRequest, CreatedToken, Permission } from '@thimble/protocol';
import { appendEvidence } from '../../report/index.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { assertNotBeyond } from '../permissions/assert-not-beyond.ts';
import { EVERYWHERE } from '../permissions/reach.ts';
import type { Principal } from '../principal.ts';
import { roleOf } from '../roles/role-of.ts';
import { hashSecret, newSecret } from '../secrets.ts';
import { describeToken } from './list-tokens.ts';

const HOUR_MS = 3_600_000;
/** A quarter: long enough for whoever rotates tokens by the calendar, short enough that a forgotten one ends. */
const USUAL_HOURS = 24 * 90;
const USUAL_ROLE = 'viewer';
const TOKEN_PREFIX = 'thimble_token_';

/**
 * The secret is in the reply and nowhere else.
 *
 * @throws HttpProblem 403 `only-people`, `beyond-yourself`; 422 `unknown-role`
 */
export async function createToken(
  { database, clock, random, newId }: AccessContext,
  creator: Principal,
  { name, expiresInHours = USUAL_HOURS, roleId, permissions, labels }: CreateTokenRequest,
): Promise<CreatedToken> {
  // Else a stolen token would outlive its own end.
  if (creator.kind === 'token')
    throw new HttpProblem(403, 'only-people', {
      detail: 'A token can’t make tokens.',
      hint: 'Sign in, or make it on the server itself: thimble tokens create',
    });
  if (roleId !== undefined && permissions !== undefined)
    throw new HttpProblem(422, 'role-or-permissions', { detail: 'A token has a role or permissions, not both.' });
  const secret = newSecret(TOKEN_PREFIX, random);
  const now = clock();
  const id = newId();
  const { organisationId } = creator;
  const role = permissions === undefined ? (roleId ?? USUAL_ROLE) : null;
  const token = await database.kysely.transaction().execute(async (within) => {
    const scope: readonly Permission[] =
      role === null ? (permissions ?? []) : (await roleOf(within, organisationId, role)).permissions;
    assertReachesIn(creator, scope);
    await within
      .insertInto('api_token')
      .values({
        id,
        organisation_id: organisationId,
        secret_hash: hashSecret(secret),
        name,
        created_by: `${creator.kind}:${creator.id}`,
        person_id: creator.personId,
        role_id: role,
        permissions: role === null ? [...scope] : null,
        labels: labels === undefined ? null : JSON.stringify(labels),
        created_at: now,
        expires_at: new Date(now.getTime() + expiresInHours * HOUR_MS),
      })
      .execute();
    const made = await describeToken(within, organisationId, id);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'token-created',
        actor: creator.name,
        summary: `${creator.name} made the API token ${name}: ${role === null ? scope.join(', ') : `as ${made.roleName ?? role}`}`,
        detail: {
          tokenId: id,
          roleId: role,
          permissions: [...scope],
          labels: labels ?? null,
          expiresAt: made.expiresAt,
        },
      },
    ]);
    return made;
  });
  return { token, secret };
}

/** Wherever the creator has each permission: the token is cut to their reach with every use. */
function assertReachesIn({ permissions }: Principal, scope: readonly Permission[]): void {
  assertNotBeyond(permissions, new Map(scope.map((name) => [name, permissions.get(name) ?? EVERYWHERE])));
}
