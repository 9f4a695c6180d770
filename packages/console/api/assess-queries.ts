import type {
  AffectedEndpointList,
  EndpointVulnerabilityList,
  ExceptionList,
  Explanation,
  FeedList,
  FleetGapList,
  NextPatches,
  RiskSeries,
  VulnerabilityDetail,
  VulnerabilityList,
  VulnerabilityListQuery,
} from '@thimble/protocol';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { keys } from './keys.ts';

const VULNERABILITIES_PER_PAGE = 200;
/** The largest that the server gives; the page says when there are more. */
const AFFECTED_LIMIT = 1000;

export type VulnerabilityFilter = Omit<VulnerabilityListQuery, 'cursor' | 'limit'>;

export const vulnerabilitiesQuery = (filter: VulnerabilityFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.vulnerabilities, 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      get<VulnerabilityList>(
        '/vulnerabilities',
        { ...filter, limit: VULNERABILITIES_PER_PAGE, cursor: pageParam ?? undefined },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });

/** Identifiers come from publishers: they may hold what has a meaning in an address. */
const pathOf = (id: string): string => `/vulnerabilities/${encodeURIComponent(id)}`;

export const vulnerabilityQuery = (id: string) =>
  queryOptions({
    queryKey: keys.vulnerability(id),
    queryFn: ({ signal }) => get<VulnerabilityDetail>(pathOf(id), {}, signal),
  });

export const affectedEndpointsQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.vulnerability(id), 'endpoints'],
    queryFn: ({ signal }) => get<AffectedEndpointList>(`${pathOf(id)}/endpoints`, { limit: AFFECTED_LIMIT }, signal),
  });

/** `asOf`: ISO 8601; undefined: now. */
export const endpointVulnerabilitiesQuery = (endpointId: string, asOf: string | undefined) =>
  queryOptions({
    queryKey: [...keys.vulnerabilities, 'endpoint', endpointId, asOf],
    queryFn: ({ signal }) =>
      get<EndpointVulnerabilityList>(`/endpoints/${endpointId}/vulnerabilities`, { asOf }, signal),
    placeholderData: keepPreviousData,
  });

export interface ExplainedSubject {
  readonly vulnerability: string;
  readonly package?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly asOf?: string | undefined;
}

export const explanationQuery = ({ vulnerability, package: name, endpointId, asOf }: ExplainedSubject) =>
  queryOptions({
    queryKey: [...keys.vulnerability(vulnerability), 'explanation', { name, endpointId, asOf }],
    queryFn: ({ signal }) => get<Explanation>('/explain', { vulnerability, package: name, endpointId, asOf }, signal),
  });

export const riskQuery = queryOptions({
  queryKey: keys.risk,
  queryFn: ({ signal }) => get<RiskSeries>('/risk', {}, signal),
});

export const gapsQuery = queryOptions({
  queryKey: keys.gaps,
  queryFn: ({ signal }) => get<FleetGapList>('/gaps', {}, signal),
});

export const nextPatchesQuery = ({ endpointId, limit }: { endpointId?: string; limit: number }) =>
  queryOptions({
    queryKey: [...keys.nextPatches, { endpointId, limit }],
    queryFn: ({ signal }) => get<NextPatches>('/next-patches', { endpointId, limit }, signal),
  });

export const exceptionsQuery = queryOptions({
  queryKey: keys.exceptions,
  queryFn: ({ signal }) => get<ExceptionList>('/exceptions', {}, signal),
});

export const feedsQuery = queryOptions({
  queryKey: keys.feeds,
  queryFn: ({ signal }) => get<FeedList>('/feeds', {}, signal),
});
