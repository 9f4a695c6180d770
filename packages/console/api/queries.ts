import type {
  ApiTokenList,
  DownloadList,
  EndpointAsset,
  EndpointDetail,
  EndpointHistory,
  EndpointList,
  EndpointListQuery,
  EndpointPackages,
  EndpointUpdates,
  EvidenceList,
  FindingList,
  FleetUpdateList,
  Overview,
  RunDetail,
  RunList,
  Session,
} from '@thimble/protocol';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { keys } from './keys.ts';

const ENDPOINTS_PER_PAGE = 200;
const EVIDENCE_PER_PAGE = 100;

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: ({ signal }) => get<Session>('/session', {}, signal),
  staleTime: 60_000,
});

export const overviewQuery = queryOptions({
  queryKey: keys.overview,
  queryFn: ({ signal }) => get<Overview>('/overview', {}, signal),
});

export type EndpointFilter = Omit<EndpointListQuery, 'cursor' | 'limit'>;

export const endpointsQuery = (filter: EndpointFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.endpoints, filter],
    queryFn: ({ pageParam, signal }) =>
      get<EndpointList>('/endpoints', { ...filter, limit: ENDPOINTS_PER_PAGE, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });

export const endpointQuery = (id: string) =>
  queryOptions({
    queryKey: keys.endpoint(id),
    queryFn: ({ signal }) => get<EndpointDetail>(`/endpoints/${id}`, {}, signal),
  });

export const endpointAssetQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.endpoint(id), 'asset'],
    queryFn: ({ signal }) => get<EndpointAsset>(`/endpoints/${id}/asset`, {}, signal),
  });

export const endpointPackagesQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.endpoint(id), 'packages'],
    queryFn: ({ signal }) => get<EndpointPackages>(`/endpoints/${id}/packages`, {}, signal),
  });

export const endpointUpdatesQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.endpoint(id), 'updates'],
    queryFn: ({ signal }) => get<EndpointUpdates>(`/endpoints/${id}/updates`, {}, signal),
  });

export const endpointFindingsQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.endpoint(id), 'findings'],
    queryFn: ({ signal }) => get<FindingList>(`/endpoints/${id}/findings`, {}, signal),
  });

export const endpointHistoryQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.endpoint(id), 'history'],
    queryFn: ({ signal }) => get<EndpointHistory>(`/endpoints/${id}/history`, {}, signal),
  });

export interface UpdatesFilter {
  readonly search?: string | undefined;
  readonly security?: boolean | undefined;
}

export const updatesQuery = ({ search, security }: UpdatesFilter) =>
  queryOptions({
    queryKey: [...keys.updates, { search, security }],
    queryFn: ({ signal }) =>
      get<FleetUpdateList>('/updates', { search, security: security === true ? true : undefined }, signal),
    placeholderData: keepPreviousData,
  });

export const runsQuery = queryOptions({
  queryKey: keys.runs,
  queryFn: ({ signal }) => get<RunList>('/runs', {}, signal),
});

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: keys.run(id),
    queryFn: ({ signal }) => get<RunDetail>(`/runs/${id}`, {}, signal),
  });

export interface EvidenceFilter {
  readonly runId?: string | undefined;
  readonly endpointId?: string | undefined;
}

export const evidenceQuery = ({ runId, endpointId }: EvidenceFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.evidence, { runId, endpointId }],
    queryFn: ({ pageParam, signal }) =>
      get<EvidenceList>(
        '/evidence',
        { runId, endpointId, limit: EVIDENCE_PER_PAGE, before: pageParam ?? undefined },
        signal,
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.items.length < EVIDENCE_PER_PAGE ? null : (page.items.at(-1)?.sequence ?? null)),
    placeholderData: keepPreviousData,
  });

export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: ({ signal }) => get<ApiTokenList>('/tokens', {}, signal),
});

export const downloadsQuery = queryOptions({
  queryKey: keys.downloads,
  queryFn: ({ signal }) => get<DownloadList>('/downloads', {}, signal),
  staleTime: 300_000,
});
