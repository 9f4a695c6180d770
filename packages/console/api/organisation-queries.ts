import { queryOptions } from '@tanstack/react-query';
import type { OrganisationList } from '@thimble/protocol';
import { get } from './client.ts';
import { keys } from './keys.ts';

/** Those in which the reader may do something; they change rarely. */
export const organisationsQuery = queryOptions({
  queryKey: [...keys.organisations, 'reachable'],
  queryFn: ({ signal }) => get<OrganisationList>('/organisations', {}, signal),
  staleTime: 60_000,
});
