import type {
  RolloutDetail,
  RolloutList,
  RolloutMemberList,
  RolloutMemberQuery,
  RolloutPlanList,
  WhyNotPatched,
} from '@thimble/protocol';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { keys } from './keys.ts';

const MEMBERS_PER_PAGE = 200;

export const rolloutsQuery = queryOptions({
  queryKey: keys.rollouts,
  queryFn: ({ signal }) => get<RolloutList>('/rollouts', {}, signal),
});

export const rolloutQuery = (id: string) =>
  queryOptions({
    queryKey: keys.rollout(id),
    queryFn: ({ signal }) => get<RolloutDetail>(`/rollouts/${id}`, {}, signal),
  });

export type MemberFilter = { [K in 'ring' | 'outcome' | 'search']?: RolloutMemberQuery[K] | undefined };

export const membersQuery = (id: string, filter: MemberFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.rollout(id), 'members', filter],
    queryFn: ({ pageParam, signal }) =>
      get<RolloutMemberList>(
        `/rollouts/${id}/members`,
        { ...filter, limit: MEMBERS_PER_PAGE, cursor: pageParam ?? undefined },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });

export const plansQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.rollout(id), 'plans'],
    queryFn: ({ signal }) => get<RolloutPlanList>(`/rollouts/${id}/plans`, {}, signal),
  });

export const whyQuery = (endpointId: string) =>
  queryOptions({
    queryKey: [...keys.endpoint(endpointId), 'why'],
    queryFn: ({ signal }) => get<WhyNotPatched>(`/endpoints/${endpointId}/why`, {}, signal),
  });
