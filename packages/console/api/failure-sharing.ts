import { queryOptions } from '@tanstack/react-query';
import type { FailureSharing, FailureSharingMode } from '@thimble/protocol';
import { get, put } from './client.ts';
import { keys } from './keys.ts';

export const failureSharingQuery = queryOptions({
  queryKey: keys.failureSharing,
  queryFn: ({ signal }) => get<FailureSharing>('/failure-sharing', {}, signal),
});

export const setFailureSharing = (mode: FailureSharingMode): Promise<FailureSharing> =>
  put<FailureSharing>('/failure-sharing', { mode });
