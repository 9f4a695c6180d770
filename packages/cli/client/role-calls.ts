import {
  AllGrants,
  FourEyes,
  GrantList,
  PermissionList,
  Role,
  RoleList,
  type Grant,
  type SaveRoleRequest,
  type SetFourEyesRequest,
} from '@thimble/protocol';
import { call } from './call.ts';
import type { Transport } from './transport.ts';

/** Who may do what. */
export function roleCalls(transport: Transport) {
  const at = (id: string): string => `/roles/${encodeURIComponent(id)}`;
  const grants = (personId: string): string => `/people/${encodeURIComponent(personId)}/grants`;
  return {
    permissions: () => call(transport, { method: 'GET', path: '/permissions', reply: PermissionList }),
    roles: () => call(transport, { method: 'GET', path: '/roles', reply: RoleList }),
    createRole: (body: SaveRoleRequest) => call(transport, { method: 'POST', path: '/roles', body, reply: Role }),
    changeRole: (id: string, body: SaveRoleRequest) =>
      call(transport, { method: 'PUT', path: at(id), body, reply: Role }),
    removeRole: (id: string) => call(transport, { method: 'DELETE', path: at(id), reply: null }),
    allGrants: () => call(transport, { method: 'GET', path: '/grants', reply: AllGrants }),
    grantsOf: (personId: string) => call(transport, { method: 'GET', path: grants(personId), reply: GrantList }),
    setGrants: (personId: string, given: readonly Grant[]) =>
      call(transport, { method: 'PUT', path: grants(personId), body: { grants: given }, reply: GrantList }),
    fourEyes: () => call(transport, { method: 'GET', path: '/four-eyes', reply: FourEyes }),
    setFourEyes: (body: SetFourEyesRequest) =>
      call(transport, { method: 'PUT', path: '/four-eyes', body, reply: FourEyes }),
  };
}
