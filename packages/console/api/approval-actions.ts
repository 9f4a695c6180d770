import type {
  ApprovalDetail,
  ApproverSignature,
  ApproverStatus,
  HaltRequest,
  HaltStatus,
  NarrowApprovalRequest,
  ProposeApproversRequest,
} from '@thimble/protocol';
import { post, remove } from './client.ts';

export const signApproval = (id: string, signature: ApproverSignature): Promise<ApprovalDetail> =>
  post<ApprovalDetail>(`/approvals/${id}/signatures`, { signature });
export const narrowApproval = (id: string, wanted: NarrowApprovalRequest): Promise<ApprovalDetail> =>
  post<ApprovalDetail>(`/approvals/${id}/narrow`, wanted);
export const renewApproval = (id: string): Promise<unknown> => post(`/approvals/${id}/renew`);
export const proposeApprovers = (request: ProposeApproversRequest): Promise<ApproverStatus> =>
  post<ApproverStatus>('/approvers/proposals', request);
export const withdrawApprovers = (id: string): Promise<void> => remove(`/approvers/proposals/${id}`);
export const signApprovers = (id: string, signature: ApproverSignature): Promise<ApproverStatus> =>
  post<ApproverStatus>(`/approvers/proposals/${id}/signatures`, { signature });
export const changeHalt = (request: HaltRequest): Promise<HaltStatus> => post<HaltStatus>('/emergency-stop', request);
export const signHalt = (id: string, signature: ApproverSignature): Promise<HaltStatus> =>
  post<HaltStatus>(`/emergency-stop/${id}/signatures`, { signature });
