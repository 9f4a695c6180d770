import {
  API,
  PERMISSIONS,
  PERMISSION_NAMES,
  PermissionList,
  Role,
  RoleList,
  SaveRoleRequest,
  Uuid,
} from '@thimble/protocol';
import { Type } from 'typebox';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { operatorOf } from '../principal.ts';
import { readRoles } from './read-roles.ts';
import { changeRole, createRole, removeRole } from './save-role.ts';

const config = { access: 'operator' } as const;
const Parameters = Type.Object({ id: Uuid });

export function registerRoleRoutes(app: App, context: AccessContext): void {
  const { kysely } = context.database;
  const one = async (organisationId: string, id: string): Promise<Role> => {
    const role = (await readRoles(kysely, organisationId)).find((each) => each.id === id);
    if (role === undefined) throw new HttpProblem(404, 'unknown-role', { detail: 'There is no such role.' });
    return role;
  };
  app.get(
    `${API}/permissions`,
    { config, schema: { summary: 'What a role can allow', response: { 200: PermissionList } } },
    async () => ({ items: PERMISSION_NAMES.map((name) => ({ name, allows: PERMISSIONS[name] })) }),
  );
  app.get(
    `${API}/roles`,
    { config, schema: { summary: 'Roles: built in, then the organisation’s own', response: { 200: RoleList } } },
    async (request) => ({ items: await readRoles(kysely, operatorOf(request).organisationId) }),
  );
  app.post(
    `${API}/roles`,
    { config, schema: { summary: 'Make a role', body: SaveRoleRequest, response: { 201: Role } } },
    async (request, reply) => {
      const operator = operatorOf(request);
      const id = await createRole(context, operator, request.body);
      return reply.code(201).send(await one(operator.organisationId, id));
    },
  );
  app.put(
    `${API}/roles/:id`,
    {
      config,
      schema: { summary: 'Change a role', params: Parameters, body: SaveRoleRequest, response: { 200: Role } },
    },
    async (request) => {
      const operator = operatorOf(request);
      await changeRole(context, operator, request.params.id, request.body);
      return one(operator.organisationId, request.params.id);
    },
  );
  app.delete(
    `${API}/roles/:id`,
    {
      config,
      schema: { summary: 'Remove a role that nobody has', params: Parameters, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await removeRole(context, operatorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}
