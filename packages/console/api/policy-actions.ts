import type {
  BlackoutCalendar,
  ChangePolicyRequest,
  CreateFreezeRequest,
  CreatePolicyRequest,
  Freeze,
  PolicyDetail,
  SimulateRequest,
  SimulationJob,
} from '@thimble/protocol';
import { post, put, remove } from './client.ts';

export const createPolicy = (request: CreatePolicyRequest): Promise<PolicyDetail> =>
  post<PolicyDetail>('/policies', request);
export const changePolicy = (id: string, request: ChangePolicyRequest): Promise<PolicyDetail> =>
  put<PolicyDetail>(`/policies/${id}`, request);
export const detachPolicy = (id: string): Promise<PolicyDetail> => post<PolicyDetail>(`/policies/${id}/detach`, {});
export const removePolicy = (id: string): Promise<void> => remove(`/policies/${id}`);

export const createFreeze = (request: CreateFreezeRequest): Promise<Freeze> => post<Freeze>('/freezes', request);
export const endFreeze = (id: string): Promise<void> => remove(`/freezes/${id}`);

export const putCalendar = (name: string, ics: string): Promise<BlackoutCalendar> =>
  put<BlackoutCalendar>(`/calendars/${name}`, { ics });
export const removeCalendar = (name: string): Promise<void> => remove(`/calendars/${name}`);

export const simulate = (request: SimulateRequest): Promise<SimulationJob> =>
  post<SimulationJob>('/simulations', request);
export const forgetSimulation = (id: string): Promise<void> => remove(`/simulations/${id}`);
