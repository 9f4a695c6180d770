import type {
  CreateExceptionRequest,
  Exception,
  ExceptionList,
  ExplainedPriority,
  FeedImportResult,
  FeedSummary,
  FeedUpdateRequest,
  OverrideRequest,
} from '@thimble/protocol';
import { getDocument, post, put, remove, upload } from './client.ts';

export type VexFormat = 'cyclonedx' | 'csaf';

export const createException = (request: CreateExceptionRequest): Promise<Exception> =>
  post<Exception>('/exceptions', request);
export const revokeException = (id: string): Promise<void> => remove(`/exceptions/${id}`);
export const overridePriority = (vulnerability: string, request: OverrideRequest): Promise<ExplainedPriority> =>
  put<ExplainedPriority>(`/vulnerabilities/${encodeURIComponent(vulnerability)}/override`, request);
export const removeOverride = (vulnerability: string): Promise<void> =>
  remove(`/vulnerabilities/${encodeURIComponent(vulnerability)}/override`);
export const fetchVex = (format: VexFormat): Promise<string> => getDocument('/vex', { format });
export const importVex = (document: Blob): Promise<ExceptionList> =>
  upload<ExceptionList>('/vex', document, 'application/json');
export const updateFeed = (id: string, request: FeedUpdateRequest): Promise<FeedSummary> =>
  put<FeedSummary>(`/feeds/${encodeURIComponent(id)}`, request);
export const syncFeed = (id: string): Promise<unknown> => post(`/feeds/${encodeURIComponent(id)}/sync`);
export const importBundle = (bundle: Blob): Promise<FeedImportResult> =>
  upload<FeedImportResult>('/feeds/import', bundle, 'application/octet-stream');
