import type {
  ChangePersonRequest,
  FourEyes,
  Grant,
  GrantList,
  Invited,
  InviteRequest,
  Person,
  Role,
  SaveRoleRequest,
  SetFourEyesRequest,
} from '@thimble/protocol';
import { post, put, remove } from './client.ts';

export const invitePerson = (request: InviteRequest): Promise<Invited> => post<Invited>('/people', request);
export const changePerson = (id: string, request: ChangePersonRequest): Promise<Person> =>
  put<Person>(`/people/${id}`, request);
export const setGrants = (personId: string, grants: readonly Grant[]): Promise<GrantList> =>
  put<GrantList>(`/people/${personId}/grants`, { grants });

export const createRole = (request: SaveRoleRequest): Promise<Role> => post<Role>('/roles', request);
export const changeRole = (id: string, request: SaveRoleRequest): Promise<Role> => put<Role>(`/roles/${id}`, request);
export const removeRole = (id: string): Promise<void> => remove(`/roles/${id}`);

export const setFourEyes = (request: SetFourEyesRequest): Promise<FourEyes> => put<FourEyes>('/four-eyes', request);
