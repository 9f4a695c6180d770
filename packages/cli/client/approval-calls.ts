import {
  ApprovalDetail,
  ApprovalList,
  ApproverCandidates,
  type ApproverSignature,
  ApproverHistory,
  ApproverStatus,
  HaltStatus,
  type HaltRequest,
  type NarrowApprovalRequest,
  OrderKeyStatus,
  type ProposeApproversRequest,
  type SignedStatement,
  type RotateOrderKeyRequest,
  Transaction,
} from '@thimble/protocol';
import { call } from './call.ts';
import type { Transport } from './transport.ts';

export function approvalCalls(transport: Transport) {
  const at = (id: string): string => `/approvals/${encodeURIComponent(id)}`;
  const proposal = (id: string): string => `/approvers/proposals/${encodeURIComponent(id)}`;
  return {
    approvals: () => call(transport, { method: 'GET', path: '/approvals', reply: ApprovalList }),
    approval: (id: string) => call(transport, { method: 'GET', path: at(id), reply: ApprovalDetail }),
    approvalTransaction: (id: string, digest: string) =>
      call(transport, { method: 'GET', path: `${at(id)}/transactions/${digest}`, reply: Transaction }),
    signApproval: (id: string, signature: ApproverSignature) =>
      call(transport, { method: 'POST', path: `${at(id)}/signatures`, body: { signature }, reply: ApprovalDetail }),
    renewApproval: (id: string) => call(transport, { method: 'POST', path: `${at(id)}/renew`, body: {}, reply: null }),
    narrowApproval: (id: string, body: NarrowApprovalRequest) =>
      call(transport, { method: 'POST', path: `${at(id)}/narrow`, body, reply: ApprovalDetail }),
    approvers: () => call(transport, { method: 'GET', path: '/approvers', reply: ApproverStatus }),
    approverHistory: () => call(transport, { method: 'GET', path: '/approvers/history', reply: ApproverHistory }),
    approverCandidates: () =>
      call(transport, { method: 'GET', path: '/approvers/candidates', reply: ApproverCandidates }),
    proposeApprovers: (body: ProposeApproversRequest) =>
      call(transport, { method: 'POST', path: '/approvers/proposals', body, reply: ApproverStatus }),
    withdrawApprovers: (id: string) => call(transport, { method: 'DELETE', path: proposal(id), reply: null }),
    signApprovers: (id: string, signature: ApproverSignature) =>
      call(transport, {
        method: 'POST',
        path: `${proposal(id)}/signatures`,
        body: { signature },
        reply: ApproverStatus,
      }),
    orderKeys: () => call(transport, { method: 'GET', path: '/order-keys', reply: OrderKeyStatus }),
    rotateOrderKey: (body: RotateOrderKeyRequest) =>
      call(transport, { method: 'POST', path: '/order-keys', body, reply: OrderKeyStatus }),
    emergencyStop: () => call(transport, { method: 'GET', path: '/emergency-stop', reply: HaltStatus }),
    changeEmergencyStop: (body: HaltRequest) =>
      call(transport, { method: 'POST', path: '/emergency-stop', body, reply: HaltStatus }),
    sendStop: (signed: SignedStatement) =>
      call(transport, { method: 'POST', path: '/emergency-stop/signed', body: { signed }, reply: HaltStatus }),
    signGoOn: (id: string, signature: ApproverSignature) =>
      call(transport, {
        method: 'POST',
        path: `/emergency-stop/${encodeURIComponent(id)}/signatures`,
        body: { signature },
        reply: HaltStatus,
      }),
  };
}
