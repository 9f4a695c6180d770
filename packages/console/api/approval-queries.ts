import type {
  ApprovalDetail,
  ApprovalList,
  ApproverCandidates,
  ApproverHistory,
  ApproverStatus,
  HaltStatus,
  Transaction,
} from '@thimble/protocol';
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { keys } from './keys.ts';

export const approvalsQuery = queryOptions({
  queryKey: keys.approvals,
  queryFn: ({ signal }) => get<ApprovalList>('/approvals', {}, signal),
});

export const approvalQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.approvals, 'one', id],
    queryFn: ({ signal }) => get<ApprovalDetail>(`/approvals/${id}`, {}, signal),
  });

export const approvalTransactionQuery = (id: string, digest: string) =>
  queryOptions({
    queryKey: ['approval-transaction', id, digest],
    queryFn: ({ signal }) => get<Transaction>(`/approvals/${id}/transactions/${digest}`, {}, signal),
    // Its digest names it: it never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });

export const approversQuery = queryOptions({
  queryKey: [...keys.approvals, 'approvers'],
  queryFn: ({ signal }) => get<ApproverStatus>('/approvers', {}, signal),
});

export const approverHistoryQuery = queryOptions({
  queryKey: [...keys.approvals, 'history'],
  queryFn: ({ signal }) => get<ApproverHistory>('/approvers/history', {}, signal),
});

export const approverCandidatesQuery = queryOptions({
  queryKey: [...keys.approvals, 'candidates'],
  queryFn: ({ signal }) => get<ApproverCandidates>('/approvers/candidates', {}, signal),
});

export const haltQuery = queryOptions({
  queryKey: [...keys.approvals, 'halt'],
  queryFn: ({ signal }) => get<HaltStatus>('/emergency-stop', {}, signal),
});
