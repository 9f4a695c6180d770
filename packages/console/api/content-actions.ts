import type {
  AddRepositoryRequest,
  BlockSummary,
  Channel,
  ContentStatus,
  CreateBlockRequest,
  CreatedRelay,
  CreateRelayRequest,
  CreateSnapshotRequest,
  KeySummary,
  PromoteRequest,
  RepositorySummary,
  SnapshotDetail,
  SyncRequest,
  UpdateContentRequest,
  UpdateRepositoryRequest,
  UpdateSnapshotRequest,
} from '@thimble/protocol';
import { post, put, remove, upload } from './client.ts';

export const updateContent = (request: UpdateContentRequest): Promise<ContentStatus> =>
  put<ContentStatus>('/content', request);
export const collectContent = (): Promise<unknown> => post('/content/collect');

export const addRepository = (request: AddRepositoryRequest): Promise<RepositorySummary> =>
  post<RepositorySummary>('/content/repositories', request);
export const updateRepository = (id: string, request: UpdateRepositoryRequest): Promise<RepositorySummary> =>
  put<RepositorySummary>(`/content/repositories/${id}`, request);
export const removeRepository = (id: string): Promise<void> => remove(`/content/repositories/${id}`);
export const syncRepository = (id: string, request: SyncRequest = {}): Promise<unknown> =>
  post(`/content/repositories/${id}/sync`, request);
/** What keys are in a file; nothing is stored. */
export const readKeys = (material: Blob): Promise<KeySummary[]> =>
  upload<KeySummary[]>('/content/keys', material, 'application/octet-stream');

export const createSnapshot = (request: CreateSnapshotRequest): Promise<SnapshotDetail> =>
  post<SnapshotDetail>('/content/snapshots', request);
export const updateSnapshot = (id: string, request: UpdateSnapshotRequest): Promise<SnapshotDetail> =>
  put<SnapshotDetail>(`/content/snapshots/${id}`, request);
export const promoteSnapshot = (channel: string, request: PromoteRequest): Promise<Channel> =>
  put<Channel>(`/content/channels/${encodeURIComponent(channel)}`, request);
export const undoPromotion = (channel: string): Promise<Channel> =>
  post<Channel>(`/content/channels/${encodeURIComponent(channel)}/undo`);

export const createBlock = (request: CreateBlockRequest): Promise<BlockSummary> =>
  post<BlockSummary>('/content/blocks', request);
export const liftBlock = (id: string): Promise<void> => remove(`/content/blocks/${id}`);

export const createRelay = (request: CreateRelayRequest): Promise<CreatedRelay> =>
  post<CreatedRelay>('/content/relays', request);
export const removeRelay = (id: string): Promise<void> => remove(`/content/relays/${id}`);
