import type {
  BlockList,
  ChannelList,
  ContentStatus,
  RelayList,
  RepositoryDetail,
  RepositoryList,
  RepositoryProposalList,
  Savings,
  SavingsQuery,
  SnapshotDetail,
  SnapshotDifference,
  SnapshotDifferenceQuery,
  SnapshotList,
} from '@thimble/protocol';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { keys } from './keys.ts';

/** While something runs, what is shown of it is fetched so often; events come only when it changes. */
const RUNNING_MS = 2000;

export const contentStatusQuery = queryOptions({
  queryKey: keys.contentStatus,
  queryFn: ({ signal }) => get<ContentStatus>('/content', {}, signal),
  refetchInterval: ({ state }) => ((state.data?.transfers.length ?? 0) > 0 ? RUNNING_MS : false),
});

export const proposalsQuery = queryOptions({
  queryKey: keys.proposals,
  queryFn: ({ signal }) => get<RepositoryProposalList>('/content/proposals', {}, signal),
});

export const repositoriesQuery = queryOptions({
  queryKey: keys.repositories,
  queryFn: ({ signal }) => get<RepositoryList>('/content/repositories', {}, signal),
  refetchInterval: ({ state }) =>
    state.data?.items.some(({ running }) => running !== null) === true ? RUNNING_MS : false,
});

export const repositoryQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.repositories, id],
    queryFn: ({ signal }) => get<RepositoryDetail>(`/content/repositories/${id}`, {}, signal),
  });

export const snapshotsQuery = queryOptions({
  queryKey: keys.snapshots,
  queryFn: ({ signal }) => get<SnapshotList>('/content/snapshots', {}, signal),
});

export const snapshotQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.snapshots, id],
    queryFn: ({ signal }) => get<SnapshotDetail>(`/content/snapshots/${id}`, {}, signal),
  });

export const differenceQuery = (
  id: string,
  query: { [K in keyof SnapshotDifferenceQuery]?: SnapshotDifferenceQuery[K] | undefined },
) =>
  queryOptions({
    queryKey: [...keys.snapshots, id, 'diff', query],
    queryFn: ({ signal }) => get<SnapshotDifference>(`/content/snapshots/${id}/diff`, query, signal),
    placeholderData: keepPreviousData,
  });

export const channelsQuery = queryOptions({
  queryKey: keys.channels,
  queryFn: ({ signal }) => get<ChannelList>('/content/channels', {}, signal),
});

export const blocksQuery = queryOptions({
  queryKey: keys.blocks,
  queryFn: ({ signal }) => get<BlockList>('/content/blocks', {}, signal),
});

export const relaysQuery = queryOptions({
  queryKey: keys.relays,
  queryFn: ({ signal }) => get<RelayList>('/content/relays', {}, signal),
});

export const savingsQuery = ({ by, days }: Required<SavingsQuery>) =>
  queryOptions({
    queryKey: [...keys.savings, { by, days }],
    queryFn: ({ signal }) => get<Savings>('/content/savings', { by, days }, signal),
    placeholderData: keepPreviousData,
  });
