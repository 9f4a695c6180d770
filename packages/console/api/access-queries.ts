import { queryOptions, useQuery } from '@tanstack/react-query';
import type { AllGrants, FourEyes, Permission, PermissionList, PersonList, RoleList } from '@thimble/protocol';
import { get } from './client.ts';
import { keys } from './keys.ts';
import { sessionQuery } from './queries.ts';

export const peopleQuery = queryOptions({
  queryKey: keys.people,
  queryFn: ({ signal }) => get<PersonList>('/people', {}, signal),
});

export const grantsQuery = queryOptions({
  queryKey: keys.grants,
  queryFn: ({ signal }) => get<AllGrants>('/grants', {}, signal),
});

export const rolesQuery = queryOptions({
  queryKey: keys.roles,
  queryFn: ({ signal }) => get<RoleList>('/roles', {}, signal),
});

export const permissionsQuery = queryOptions({
  queryKey: keys.permissions,
  queryFn: ({ signal }) => get<PermissionList>('/permissions', {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export const fourEyesQuery = queryOptions({
  queryKey: keys.fourEyes,
  queryFn: ({ signal }) => get<FourEyes>('/four-eyes', {}, signal),
});

/** Whether the reader's roles allow something. The server decides; this only spares them a button that would refuse. */
export function useMay(permission: Permission): boolean {
  return useQuery(sessionQuery).data?.permissions.includes(permission) ?? false;
}
