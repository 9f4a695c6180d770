import type {
  BlackoutCalendarList,
  EndpointPolicy,
  FreezeList,
  PolicyDetail,
  PolicyList,
  PolicyTemplateList,
  PolicyValidation,
  SimulationJob,
  WindowCalendar,
} from '@thimble/protocol';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, post } from './client.ts';
import { keys } from './keys.ts';

/** No event tells of a simulation's progress. */
const SIMULATING_MS = 700;

export const policiesQuery = queryOptions({
  queryKey: [...keys.policies, 'list'],
  queryFn: ({ signal }) => get<PolicyList>('/policies', {}, signal),
});

export const policyQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.policies, 'one', id],
    queryFn: ({ signal }) => get<PolicyDetail>(`/policies/${id}`, {}, signal),
  });

export const templatesQuery = queryOptions({
  queryKey: [...keys.policies, 'templates'],
  queryFn: ({ signal }) => get<PolicyTemplateList>('/policies/templates', {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

/** What is wrong with a text, and what it would mean for the fleet. The last answer stays while a new one is computed. */
export const validationQuery = (text: string) =>
  queryOptions({
    queryKey: [...keys.policies, 'validation', text],
    queryFn: () => post<PolicyValidation>('/policies/validate', { text }),
    placeholderData: keepPreviousData,
    enabled: text.trim() !== '',
  });

export const endpointPolicyQuery = (endpointId: string) =>
  queryOptions({
    queryKey: [...keys.policies, 'endpoint', endpointId],
    queryFn: ({ signal }) => get<EndpointPolicy>(`/endpoints/${endpointId}/policy`, {}, signal),
  });

export const windowsQuery = (query: { from?: string; to?: string; policyId?: string }) =>
  queryOptions({
    queryKey: [...keys.policies, 'windows', query],
    queryFn: ({ signal }) => get<WindowCalendar>('/windows', query, signal),
    placeholderData: keepPreviousData,
  });

export const freezesQuery = queryOptions({
  queryKey: [...keys.policies, 'freezes'],
  queryFn: ({ signal }) => get<FreezeList>('/freezes', {}, signal),
});

export const calendarsQuery = queryOptions({
  queryKey: [...keys.policies, 'calendars'],
  queryFn: ({ signal }) => get<BlackoutCalendarList>('/calendars', {}, signal),
});

export const simulationQuery = (id: string) =>
  queryOptions({
    queryKey: ['simulations', id],
    queryFn: ({ signal }) => get<SimulationJob>(`/simulations/${id}`, {}, signal),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? SIMULATING_MS : false),
  });
