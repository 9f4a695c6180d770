import { queryOptions } from '@tanstack/react-query';
import type { AllGrants, ClientStateList, OrganisationList } from '@thimble/protocol';
import { get, getIn } from './client.ts';
import { keys } from './keys.ts';

/** Those in which the reader may do something; they change rarely. */
export const organisationsQuery = queryOptions({
  queryKey: [...keys.organisations, 'reachable'],
  queryFn: ({ signal }) => get<OrganisationList>('/organisations', {}, signal),
  staleTime: 60_000,
});

export const clientStatesQuery = queryOptions({
  queryKey: keys.clientStates,
  queryFn: ({ signal }) => get<ClientStateList>('/clients', {}, signal),
});

export const archivedOrganisationsQuery = queryOptions({
  queryKey: [...keys.organisations, 'archived'],
  queryFn: ({ signal }) => get<OrganisationList>('/organisations/archived', {}, signal),
});

/** Who has a role in one of them, given there. */
export const organisationGrantsQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.organisations, 'grants', id],
    queryFn: ({ signal }) => getIn<AllGrants>(id, '/grants', signal),
  });
