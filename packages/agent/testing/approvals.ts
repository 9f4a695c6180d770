import { APPROVAL_PAYLOAD_TYPE, type ApprovalStatement, type SignedStatement } from '@thimble/protocol';
import { transactionSha256 } from '@thimble/protocol/signing';
import { signed, type TestApprover } from '@thimble/protocol/testing';
import { TRANSACTION } from './fake-driver.ts';
import { ENDPOINT_ID, ORGANISATION_ID } from './fake-server.ts';

export const APPROVAL_ID = '0199a5a0-0000-7000-8000-300000000001';

/** An approval of everything with the test's transaction on the test's endpoint. */
export function makeApproval(change: Partial<ApprovalStatement> = {}): ApprovalStatement {
  return {
    format: 1,
    kind: 'approval',
    id: APPROVAL_ID,
    organisationId: ORGANISATION_ID,
    runId: '0199a5a0-0000-7000-8000-400000000001',
    title: 'A drill',
    snapshotId: null,
    transactions: [{ transactionDigest: transactionSha256(TRANSACTION), endpointIds: [ENDPOINT_ID] }],
    endpointIds: [],
    actions: ['trial', 'apply', 'rollback', 'restart-services', 'reboot'],
    notBefore: '2026-01-01T00:00:00.000Z',
    expiresAt: '2099-01-01T00:00:00.000Z',
    ...change,
  };
}

export function approvedBy(approval: ApprovalStatement, ...signers: readonly TestApprover[]): SignedStatement {
  return signed(approval, APPROVAL_PAYLOAD_TYPE, signers);
}
