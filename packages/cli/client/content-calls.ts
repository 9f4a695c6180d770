import {
  BlockList,
  BlockSummary,
  Channel,
  ChannelList,
  ClientConfiguration,
  ContentStatus,
  CreatedRelay,
  KeySummary,
  MissingObjectsReply,
  RelayList,
  RepositoryDetail,
  RepositoryList,
  RepositoryProposalList,
  RepositorySummary,
  Savings,
  SnapshotDetail,
  SnapshotDifference,
  SnapshotList,
  SnapshotManifestReply,
  type AddRepositoryRequest,
  type ClientConfigurationRequest,
  type CreateBlockRequest,
  type CreateRelayRequest,
  type CreateSnapshotRequest,
  type PromoteRequest,
  type SignedContentManifest,
  type SavingsQuery,
  type SnapshotDifferenceQuery,
  type SyncRequest,
  type UpdateContentRequest,
  type UpdateRepositoryRequest,
  type UpdateSnapshotRequest,
} from '@thimble/protocol';
import { Type } from 'typebox';
import { call, download } from './call.ts';
import type { Transport, Upload } from './transport.ts';

/** Upstreams are asked, or a bundle of many gigabytes is checked, before the server answers. */
const LONG_WORK_MS = 6 * 3_600_000;

/** What the server has of others' content, and decides about it. */
export function contentCalls(transport: Transport) {
  return {
    content: () => call(transport, { method: 'GET', path: '/content', reply: ContentStatus }),
    updateContent: (body: UpdateContentRequest) =>
      call(transport, { method: 'PUT', path: '/content', body, reply: ContentStatus }),
    /** Only asks for it: the status tells how it went. */
    collectContent: () => call(transport, { method: 'POST', path: '/content/collect', reply: null }),
    savings: (query: SavingsQuery = {}) =>
      call(transport, { method: 'GET', path: '/content/savings', query, reply: Savings }),
    ...repositoryCalls(transport),
    ...snapshotCalls(transport),
    ...channelCalls(transport),
    ...blockCalls(transport),
    ...relayCalls(transport),
  };
}

function repositoryCalls(transport: Transport) {
  const at = (id: string): string => `/content/repositories/${encodeURIComponent(id)}`;
  return {
    proposals: () => call(transport, { method: 'GET', path: '/content/proposals', reply: RepositoryProposalList }),
    repositories: () => call(transport, { method: 'GET', path: '/content/repositories', reply: RepositoryList }),
    repository: (id: string) => call(transport, { method: 'GET', path: at(id), reply: RepositoryDetail }),
    addRepository: (body: AddRepositoryRequest) =>
      call(transport, { method: 'POST', path: '/content/repositories', body, reply: RepositorySummary }),
    updateRepository: (id: string, body: UpdateRepositoryRequest) =>
      call(transport, { method: 'PUT', path: at(id), body, reply: RepositorySummary }),
    removeRepository: (id: string) => call(transport, { method: 'DELETE', path: at(id), reply: null }),
    /** Only asks for it. */
    syncRepository: (id: string, body: SyncRequest = {}) =>
      call(transport, { method: 'POST', path: `${at(id)}/sync`, body, reply: null }),
    /** What keys are in a file; nothing is stored. */
    readKeys: (upload: Upload) =>
      call(transport, { method: 'POST', path: '/content/keys', upload, reply: Type.Array(KeySummary) }),
  };
}

function snapshotCalls(transport: Transport) {
  const at = (id: string): string => `/content/snapshots/${encodeURIComponent(id)}`;
  return {
    snapshots: () => call(transport, { method: 'GET', path: '/content/snapshots', reply: SnapshotList }),
    snapshot: (id: string) => call(transport, { method: 'GET', path: at(id), reply: SnapshotDetail }),
    createSnapshot: (body: CreateSnapshotRequest, signal?: AbortSignal) =>
      call(transport, {
        method: 'POST',
        path: '/content/snapshots',
        body,
        silenceMs: LONG_WORK_MS,
        reply: SnapshotDetail,
        signal,
      }),
    updateSnapshot: (id: string, body: UpdateSnapshotRequest) =>
      call(transport, { method: 'PUT', path: at(id), body, reply: SnapshotDetail }),
    snapshotDifference: (id: string, query: SnapshotDifferenceQuery = {}) =>
      call(transport, { method: 'GET', path: `${at(id)}/diff`, query, reply: SnapshotDifference }),
    clientConfiguration: (id: string, body: ClientConfigurationRequest) =>
      call(transport, { method: 'POST', path: `${at(id)}/client-configuration`, body, reply: ClientConfiguration }),
    ...bundleCalls(transport),
  };
}

function bundleCalls(transport: Transport) {
  return {
    snapshotManifest: (id: string, query: { packages: 'fleet' | 'all' }) =>
      call(transport, {
        method: 'GET',
        path: `/content/snapshots/${encodeURIComponent(id)}/manifest`,
        query,
        silenceMs: LONG_WORK_MS,
        reply: SnapshotManifestReply,
      }),
    /** A file's bytes; the server may have to fetch it first. @param path absolute */
    contentFile: (path: string, signal: AbortSignal) => download(transport, { path, silenceMs: LONG_WORK_MS, signal }),
    /** Of these digests those that the server lacks. */
    missingObjects: (sha256: readonly string[]) =>
      call(transport, {
        method: 'POST',
        path: '/content/import/missing',
        body: { sha256: [...sha256] },
        reply: MissingObjectsReply,
      }),
    importObject: (sha256: string, upload: Upload, signal: AbortSignal) =>
      call(transport, {
        method: 'PUT',
        path: `/content/import/objects/${sha256}`,
        upload,
        silenceMs: LONG_WORK_MS,
        reply: null,
        signal,
      }),
    importSnapshot: (signed: SignedContentManifest, signal: AbortSignal) =>
      call(transport, {
        method: 'POST',
        path: '/content/import',
        body: signed,
        silenceMs: LONG_WORK_MS,
        reply: SnapshotDetail,
        signal,
      }),
  };
}

function channelCalls(transport: Transport) {
  const at = (name: string): string => `/content/channels/${encodeURIComponent(name)}`;
  return {
    channels: () => call(transport, { method: 'GET', path: '/content/channels', reply: ChannelList }),
    promote: (name: string, body: PromoteRequest) =>
      call(transport, { method: 'PUT', path: at(name), body, reply: Channel }),
    undoPromotion: (name: string) => call(transport, { method: 'POST', path: `${at(name)}/undo`, reply: Channel }),
    removeChannel: (name: string) => call(transport, { method: 'DELETE', path: at(name), reply: null }),
  };
}

function blockCalls(transport: Transport) {
  return {
    blocks: () => call(transport, { method: 'GET', path: '/content/blocks', reply: BlockList }),
    createBlock: (body: CreateBlockRequest) =>
      call(transport, { method: 'POST', path: '/content/blocks', body, reply: BlockSummary }),
    liftBlock: (id: string) =>
      call(transport, { method: 'DELETE', path: `/content/blocks/${encodeURIComponent(id)}`, reply: null }),
  };
}

function relayCalls(transport: Transport) {
  return {
    relays: () => call(transport, { method: 'GET', path: '/content/relays', reply: RelayList }),
    createRelay: (body: CreateRelayRequest) =>
      call(transport, { method: 'POST', path: '/content/relays', body, reply: CreatedRelay }),
    removeRelay: (id: string) =>
      call(transport, { method: 'DELETE', path: `/content/relays/${encodeURIComponent(id)}`, reply: null }),
  };
}
