import type {
  ApproveRunRequest,
  CreatedToken,
  CreateRunRequest,
  CreateTokenRequest,
  EndpointAsset,
  LabelEndpointsReply,
  LabelEndpointsRequest,
  RunActionRequest,
  RunDetail,
  RunEvidence,
  Session,
} from '@thimble/protocol';
import { get, post, put, remove } from './client.ts';

/** What can be done with one endpoint's part in a run, or with all of them. */
export type RunAction = 'cancel' | 'retry' | 'roll-back' | 'reboot' | 'restart-services' | 'pre-stage' | 'trial';

export const signIn = (link: string): Promise<Session> => post<Session>('/session', { link });
export const signOut = (): Promise<void> => remove('/session');
export const scanEndpoint = (id: string): Promise<unknown> => post(`/endpoints/${id}/scan`);
export const setEndpointAsset = (id: string, asset: EndpointAsset): Promise<EndpointAsset> =>
  put<EndpointAsset>(`/endpoints/${id}/asset`, asset);
export const labelEndpoints = (request: LabelEndpointsRequest): Promise<LabelEndpointsReply> =>
  post<LabelEndpointsReply>('/endpoints/labels', request);
export const removeEndpoint = (id: string): Promise<void> => remove(`/endpoints/${id}`);
export const createRun = (request: CreateRunRequest): Promise<RunDetail> => post<RunDetail>('/runs', request);
export const approveRun = (id: string, request: ApproveRunRequest): Promise<RunDetail> =>
  post<RunDetail>(`/runs/${id}/approve`, request);
export const actOnRun = (id: string, action: RunAction, request: RunActionRequest = {}): Promise<RunDetail> =>
  post<RunDetail>(`/runs/${id}/${action}`, request);
export const fetchRunEvidence = (id: string): Promise<RunEvidence> => get<RunEvidence>(`/runs/${id}/evidence`);
export const createToken = (request: CreateTokenRequest): Promise<CreatedToken> =>
  post<CreatedToken>('/tokens', request);
export const removeToken = (id: string): Promise<void> => remove(`/tokens/${id}`);
