import type {
  AdmissionReply,
  CreatedEnrolmentToken,
  CreateEnrolmentTokenRequest,
  EndpointIdentity,
  EnrolmentRules,
} from '@thimble/protocol';
import { post, put, remove } from './client.ts';

export const createEnrolmentToken = (request: CreateEnrolmentTokenRequest): Promise<CreatedEnrolmentToken> =>
  post<CreatedEnrolmentToken>('/enrolment-tokens', request);
export const removeEnrolmentToken = (id: string): Promise<void> => remove(`/enrolment-tokens/${id}`);
export const setEnrolmentRules = (rules: EnrolmentRules): Promise<EnrolmentRules> =>
  put<EnrolmentRules>('/enrolment', rules);
export const decideAdmission = (decision: 'admit' | 'refuse', endpoints: readonly string[]): Promise<AdmissionReply> =>
  post<AdmissionReply>(`/enrolment/${decision}`, { endpoints });
export const quarantineEndpoint = (id: string, reason: string): Promise<EndpointIdentity> =>
  post<EndpointIdentity>(`/endpoints/${id}/quarantine`, { reason });
export const releaseEndpoint = (id: string, reason: string): Promise<EndpointIdentity> =>
  post<EndpointIdentity>(`/endpoints/${id}/release`, { reason });
export const separateEndpoint = (id: string, bootId: string): Promise<EndpointIdentity> =>
  post<EndpointIdentity>(`/endpoints/${id}/separate`, { bootId });
