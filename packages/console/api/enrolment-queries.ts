import type { EndpointIdentity, EnrolmentRules, EnrolmentTokenList, WaitingEndpointList } from '@thimble/protocol';
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { keys } from './keys.ts';

export const enrolmentTokensQuery = queryOptions({
  queryKey: keys.enrolmentTokens,
  queryFn: ({ signal }) => get<EnrolmentTokenList>('/enrolment-tokens', {}, signal),
});

export const enrolmentRulesQuery = queryOptions({
  queryKey: keys.enrolmentRules,
  queryFn: ({ signal }) => get<EnrolmentRules>('/enrolment', {}, signal),
});

export const waitingEndpointsQuery = queryOptions({
  queryKey: keys.waitingEndpoints,
  queryFn: ({ signal }) => get<WaitingEndpointList>('/enrolment/waiting', {}, signal),
});

export const endpointIdentityQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.endpoint(id), 'identity'],
    queryFn: ({ signal }) => get<EndpointIdentity>(`/endpoints/${id}/identity`, {}, signal),
  });
