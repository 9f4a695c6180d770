import { queryOptions } from '@tanstack/react-query';
import type {
  EvidenceCheckpoints,
  EvidenceExport,
  EvidenceExportList,
  EvidenceExportTest,
  PutEvidenceExportRequest,
} from '@thimble/protocol';
import { get, post, put, remove } from './client.ts';
import { keys } from './keys.ts';

export const checkpointsQuery = queryOptions({
  queryKey: [...keys.evidence, 'checkpoints'],
  queryFn: ({ signal }) => get<EvidenceCheckpoints>('/evidence/checkpoints', {}, signal),
});

/** How far an export has come changes without an event, since its receiver decides. */
const RENEWED_EVERY_MS = 10_000;

export const exportsQuery = queryOptions({
  queryKey: [...keys.evidence, 'exports'],
  queryFn: ({ signal }) => get<EvidenceExportList>('/evidence/exports', {}, signal),
  refetchInterval: RENEWED_EVERY_MS,
});

export const saveExport = (name: string, request: PutEvidenceExportRequest): Promise<EvidenceExport> =>
  put<EvidenceExport>(`/evidence/exports/${name}`, request);
export const testExport = (name: string): Promise<EvidenceExportTest> =>
  post<EvidenceExportTest>(`/evidence/exports/${name}/test`);
export const removeExport = (name: string): Promise<void> => remove(`/evidence/exports/${name}`);
