import { BUILT_IN_ROLE_IDS, BUILT_IN_ROLES, type BuiltInRoleId, type Permission } from '@thimble/protocol';
import { ROUTE_PERMISSIONS } from '@thimble/server/testing';
import type { Attack, AttackFamily } from '../attack.ts';
import { roleToken } from '../target/role-token.ts';
import { fillIn, operatorRoutes } from '../target/routes.ts';
import type { Target } from '../target/target.ts';

const SOME_ID = '00000000-0000-7000-8000-000000000009';
const JSON_TYPE = { 'content-type': 'application/json' } as const;

/** Every route whose permission the role does not have. */
function beyond(roleId: BuiltInRoleId): Attack {
  const may = new Set<Permission>(BUILT_IN_ROLES[roleId].permissions);
  return {
    name: `escalation: every route that ${/^[aeiou]/.test(roleId) ? 'an' : 'a'} ${roleId} may not call`,
    refusal: 'not-permitted',
    record: 'request log',
    attempt: async (target) => {
      const headers = await roleToken(target, roleId);
      const routes = (await operatorRoutes(target)).filter(({ name }) => {
        const needed = ROUTE_PERMISSIONS[name];
        return needed === undefined || (needed !== 'self' && !may.has(needed));
      });
      const open: string[] = [];
      let isRecorded = true;
      for (const { method, path, name } of routes) {
        const { refusal, isRecorded: told } = await target.attempt({
          method,
          path: fillIn(path, () => SOME_ID),
          headers,
        });
        if (refusal !== 'not-permitted') open.push(`${name}: ${refusal}`);
        isRecorded &&= told;
      }
      return {
        refusal: open.length === 0 ? 'not-permitted' : open.join('; '),
        isRecorded,
        note: `${routes.length} routes`,
      };
    },
  };
}

/** One request with a body, as somebody who has this role. */
function as(roleId: BuiltInRoleId, name: string, refusal: string, method: string, path: string, body?: object): Attack {
  return {
    name,
    refusal,
    record: 'request log',
    attempt: async (target) =>
      target.attempt({
        method,
        path: `/api/v1${path}`,
        headers: { ...(await roleToken(target, roleId)), ...(body === undefined ? {} : JSON_TYPE) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

const OF_OTHERS = BUILT_IN_ROLE_IDS.filter((roleId) => roleId !== 'owner');

export const roles: AttackFamily = {
  name: 'roles',
  attacks: [
    ...OF_OTHERS.map(beyond),
    as('owner', 'a token makes another token, to outlive its own end', 'only-people', 'POST', '/tokens', {
      name: 'more',
    }),
    as('administrator', 'an administrator’s token makes itself a token of an owner', 'only-people', 'POST', '/tokens', {
      name: 'more',
      roleId: 'owner',
    }),
    as('operator', 'an operator makes a role with everything in it', 'not-permitted', 'POST', '/roles', {
      name: 'mine',
      description: '',
      permissions: ['people:write'],
    }),
    as(
      'administrator',
      'an administrator makes a role that can do more than an administrator',
      'beyond-yourself',
      'POST',
      '/roles',
      {
        name: 'above',
        description: '',
        permissions: ['server:operate'],
      },
    ),
    {
      name: 'an administrator makes somebody an owner',
      refusal: 'beyond-yourself',
      record: 'request log',
      attempt: async (target) => {
        const id = await newPerson(target);
        return target.attempt({
          method: 'PUT',
          path: `/api/v1/people/${id}/grants`,
          headers: { ...(await roleToken(target, 'administrator')), ...JSON_TYPE },
          body: JSON.stringify({ grants: [{ roleId: 'owner', labels: null, includeClients: false }] }),
        });
      },
    },
  ],
};

/** Who has no role yet. */
async function newPerson({ server: { context }, organisationId }: Target): Promise<string> {
  const id = context.newId();
  await context.database.pool.query(
    'insert into person (id, organisation_id, name, created_at) values ($1, $2, $3, $4)',
    [id, organisationId, 'Mallory', context.clock()],
  );
  return id;
}
