import type { Organisation } from '@thimble/protocol';
import { post, postIn, put } from './client.ts';

/** @param parentId in which the request acts: the client is made below it */
export const createOrganisation = (parentId: string, name: string): Promise<Organisation> =>
  postIn<Organisation>(parentId, '/organisations', { name });
export const renameOrganisation = (id: string, name: string): Promise<Organisation> =>
  put<Organisation>(`/organisations/${id}`, { name });
export const archiveOrganisation = (id: string, removeEndpoints: boolean): Promise<Organisation> =>
  post<Organisation>(`/organisations/${id}/archive`, { removeEndpoints });
export const restoreOrganisation = (id: string): Promise<Organisation> =>
  post<Organisation>(`/organisations/${id}/restore`);
